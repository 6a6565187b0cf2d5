"""SQS, one module per queue. Messages carry ids; the journal alone carries a sealed value."""
