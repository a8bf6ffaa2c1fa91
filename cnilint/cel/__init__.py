"""A subset of CEL, the Common Expression Language: parse, check when a rule is loaded, evaluate fast.

The language is https://github.com/google/cel-spec/blob/master/doc/langdef.md; ``docs/expressions.md`` says which part
of it is here. Nothing is imported from this page, so that evaluating a compiled catalogue loads neither the parser nor
the checker: ``cnilint.cel.parse``, ``cnilint.cel.check``, ``cnilint.cel.evaluate``, ``cnilint.cel.requires``,
``cnilint.cel.messages``.
"""
