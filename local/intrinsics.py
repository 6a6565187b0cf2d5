"""CloudFormation's intrinsic functions and conditions, as far as the template uses them.

An intrinsic that is not known here raises ``TemplateError`` with the place it stands at: a value
that is quietly left out would be a difference between the laptop and AWS.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

REMOVED = object()
"""What ``AWS::NoValue`` gives: the property or list member that holds it disappears."""

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


class TemplateError(Exception):
    """The template says something that the local runner cannot do. Names the logical id."""


class Intrinsics:
    """Resolves values of one template.

    ``refer(logical_id, attribute)`` gives what ``Ref`` (attribute ``""``) and ``Fn::GetAtt`` give,
    ``None`` for what does not exist.
    """

    def __init__(
        self,
        conditions: Mapping[str, Any],
        refer: Callable[[str, str], Any],
    ) -> None:
        self._conditions = conditions
        self._refer = refer
        self._functions: dict[str, Callable[[Any, str], Any]] = {
            "Ref": self._ref,
            "Condition": lambda argument, _: self.condition(argument),
            "Fn::GetAtt": self._get_attribute,
            "Fn::Sub": self._substitute,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Equals": self._equals,
            "Fn::Not": lambda argument, place: not self.resolve(argument[0], place),
            "Fn::And": lambda argument, place: all(self.resolve(argument, place)),
            "Fn::Or": lambda argument, place: any(self.resolve(argument, place)),
        }

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        if name not in self._conditions:
            raise TemplateError(f"The condition {name} does not exist.")
        return bool(self.resolve(self._conditions[name], f"condition {name}"))

    def resolve(self, value: Any, place: str) -> Any:
        """The plain value of a template value. ``place`` is said in errors."""
        if isinstance(value, list):
            members = [self.resolve(member, place) for member in value]
            return [member for member in members if member is not REMOVED]
        if not isinstance(value, Mapping):
            return value
        name = next(iter(value), "")
        if len(value) == 1 and (name in {"Ref", "Condition"} or name.startswith("Fn::")):
            return self._call(name, value[name], place)
        resolved = {key: self.resolve(member, place) for key, member in value.items()}
        return {key: member for key, member in resolved.items() if member is not REMOVED}

    def _call(self, name: str, argument: Any, place: str) -> Any:
        function = self._functions.get(name)
        if function is None:
            raise TemplateError(f"{place}: the local runner does not know {name}.")
        return function(argument, place)

    def _ref(self, name: Any, place: str) -> Any:
        if name == "AWS::NoValue":
            return REMOVED
        return self._reference(name, "", place)

    def _get_attribute(self, argument: Any, place: str) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._reference(parts[0], parts[1], place)

    def _reference(self, name: str, attribute: str, place: str) -> Any:
        value = self._refer(name, attribute)
        if value is None:
            what = f"{name}.{attribute}" if attribute else name
            raise TemplateError(f"{place}: the local runner does not know what {what} refers to.")
        return value

    def _substitute(self, argument: Any, place: str) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def replacement(found: re.Match[str]) -> str:
            escaped, name = found.groups()
            if escaped:
                return "${" + name + "}"
            if name in variables:
                return str(self.resolve(variables[name], place))
            logical_id, _, attribute = name.partition(".")
            return str(self._reference(logical_id, attribute, place))

        return _VARIABLE.sub(replacement, text)

    def _if(self, argument: Any, place: str) -> Any:
        condition, when_true, when_false = argument
        return self.resolve(when_true if self.condition(condition) else when_false, place)

    def _join(self, argument: Any, place: str) -> str:
        separator, members = argument
        return str(separator).join(str(member) for member in self.resolve(members, place))

    def _equals(self, argument: Any, place: str) -> bool:
        left, right = self.resolve(argument, place)
        return str(left) == str(right)
