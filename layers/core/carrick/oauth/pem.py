"""PEM as RFC 7468 has it, whatever a form made of its line ends."""

import re

_BLOCK = r"(-----BEGIN ([A-Z0-9 ]+)-----)(.*?)(-----END \2-----)"


def tidy(text: str) -> str:
    """Each block with its label lines alone.

    A field of one line loses line ends or has spaces for them; copied out of a JSON file each is
    two characters. Text without a block comes back as it is.
    """
    blocks = [
        f"{found[1]}\n{''.join(found[3].split())}\n{found[4]}\n"
        for found in re.finditer(_BLOCK, text.replace("\\n", "\n"), re.DOTALL)
    ]
    return "".join(blocks) or text
