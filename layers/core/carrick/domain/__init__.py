"""Use cases: functions of (input, dependencies). No AWS client, no event, no HTTP status."""
