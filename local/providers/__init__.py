"""Checks provider files and plays their flows, without a network: `make provider`."""
