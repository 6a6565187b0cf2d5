def test_x(stack, logs):
    import logging

    print("hello")
    logging.getLogger("x").warning("warn")
    assert "hello" in logs.text and "warn" in logs.text
    r = stack.http("GET", "/nothing")
    assert r.status == 404
    stack.send("WebhookQueue", {"a": 1})
    assert stack.messages("WebhookQueue") == [{"a": 1}]
    stack.put("FlowsTable", {"pk": "x", "b": b"abc", "t": 1.5})
    stack.update("FlowsTable", {"pk": "x"}, t=None, z=5)
    assert stack.items("FlowsTable") == [{"pk": "x", "b": b"abc", "z": 5}]
