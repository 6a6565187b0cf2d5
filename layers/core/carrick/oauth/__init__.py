"""The OAuth client side as pure functions: no I/O, no clock, no randomness, no logging.

Each exchange is a pair: ``build_x_request`` makes an ``OutboundRequest``, ``process_x_response``
takes an ``InboundResponse`` and returns a value or raises an error of ``carrick.errors``.

``authorization``   RFC 6749 §4.1.1 and §4.1.2, RFC 9207 (``iss``), RFC 9700 §4.4 and §4.7
``token``           RFC 6749 §4.1.3, §4.1.4, §5.1, §6; RFC 7636 §4.5
``client_auth``     RFC 6749 §2.3.1 and appendix B, RFC 7523 §2.2
``pem``             RFC 7468
``rsa_signature``   RFC 8017 §8.2
``saml``            RFC 7522: an assertion that Carrick signs
``xml_messages``    XML 1.0 without document types
``signed_jwt``      RFC 7519 and RFC 7515: tokens that Carrick signs
``app_tokens``      what an app proves itself with, and the token of an installation
``app_tokens``             what an app proves itself with, and the token of an installation
``oauth1``          RFC 5849 §3: the signature of a request
``oauth1_flow``     RFC 5849 §2: the two requests of the redirect flow
``pkce``            RFC 7636 §4.2 (S256)
``revocation``      RFC 7009 §2
``errors``          RFC 6749 §5.2, RFC 9110 §10.2.3: an error answer -> who must act
``answers``         the body of an answer, JSON or form-encoded, and the error that it states
``lifetime``        when an access token ends
==================  ==========================================================================
=======
=========================  ===================================================================
``authorization``          RFC 6749 §4.1.1 and §4.1.2, RFC 9207 (``iss``), RFC 9700 §4.4 and §4.7
``pushed_authorization``   RFC 9126
``token``                  RFC 6749 §4.1.3, §4.1.4, §5.1, §6; RFC 7636 §4.5
``client_auth``            RFC 6749 §2.3.1 and appendix B, RFC 7523 §2.2
``signed_jwt``             RFC 7519 and RFC 7515: tokens that Carrick signs
``saml``                   RFC 7522: an assertion that Carrick signs
``pem``                    RFC 7468
``rsa_signature``          RFC 8017 §8.2
``xml_messages``           XML 1.0 without document types
``app_tokens``             what an app proves itself with, and the token of an installation
``oauth1``                 RFC 5849 §3: the signature of a request
``oauth1_flow``            RFC 5849 §2: the two requests of the redirect flow
``dpop``                   RFC 9449: proofs, and the nonce that an answer demands
``pkce``                   RFC 7636 §4.2 (S256)
``revocation``             RFC 7009 §2
``errors``                 RFC 6749 §5.2, RFC 9110 §10.2.3: an error answer -> who must act
``answers``                the body of an answer, JSON or form-encoded, and the error that it states
``lifetime``               when an access token ends
=========================  ===================================================================

Of Authlib only ``authlib.common`` is used here. Any import below ``authlib.oauth2`` loads its
server classes too (40 ms of cold start), and its builders take parameter names as keyword
arguments, so that a provider's ``uri`` or ``state`` would collide. The tests compare with its
functions instead.
"""
