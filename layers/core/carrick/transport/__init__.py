"""The one way out: every outbound HTTP request goes through ``client``.

``guard`` says where a request may go, ``message`` turns requests and answers into bytes and back,
``client`` resolves, connects and waits. Only ``client`` touches the network.
"""
