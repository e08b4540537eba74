"""Personal data by pattern and checksum: e-mail, telephone, card, account and identity numbers, network addresses."""

from __future__ import annotations

import ipaddress
import re

EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b", re.ASCII)
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:])")
PHONE = re.compile(r"(?<![\w+])(?:\+\d{1,3}[ .-]?)?(?:1[3-9]\d{9}|\(?\d{3,4}\)?[ .-]\d{3,4}[ .-]?\d{4})(?!\d)")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def scrub(text: str) -> str:
    """The text with each find replaced by its kind in angle brackets."""
    text = EMAIL.sub("<email>", text)
    text = IDENTITY.sub(lambda m: "<identity>" if is_identity(m[0]) else m[0], text)
    text = IBAN.sub(lambda m: "<account>" if is_iban(m[0]) else m[0], text)
    text = CARD.sub(lambda m: "<card>" if is_card(m[0]) else m[0], text)
    text = ADDRESS.sub(lambda m: "<address>" if is_address(m[0]) else m[0], text)
    return PHONE.sub("<phone>", text)


def is_identity(number: str) -> bool:
    """Chinese identity number: weighted sum modulo 11."""
    total = sum(w * int(d) for w, d in zip(WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def is_iban(text: str) -> bool:
    """International account number: modulo 97 is 1."""
    plain = text.replace(" ", "")
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """Luhn's sum modulo 10 is 0."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
