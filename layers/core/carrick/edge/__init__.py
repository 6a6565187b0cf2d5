"""What knows API Gateway, SQS and stream events. Imported by ``functions/`` only."""
