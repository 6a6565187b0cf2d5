"""Sealing of secrets and signing of webhooks. Holds no state but the bounded data-key cache."""
