"""The whole of Carrick on one machine, read from ``template.yaml``: ``python -m local``."""
