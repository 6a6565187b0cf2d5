"""DynamoDB, one module per table. The conditions are the semantics; each says which race it closes.

Every key begins with its environment. ``format`` on each item is the version of its layout:
readers accept the present and the previous one.
"""
