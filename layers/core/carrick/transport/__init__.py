"""The one way out: every outbound HTTP request goes through ``client``.

``guard`` says where a request may go, ``message`` turns requests and answers into bytes and back,
``client_certificate`` is for TLS that presents one, ``client`` resolves, connects and waits. Only
``client`` touches the network.
"""
