"""Personal data by pattern and checksum: e-mail, telephone, card, account and identity numbers, network addresses.

Letters and digits are those of ASCII everywhere: a number that touches Chinese text stands alone. Every pattern is bounded, so
that time grows with the length of a text alone.
"""

from __future__ import annotations

import ipaddress
import re

DIGIT = re.compile("[0-9]")
APART, ENDED = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
EMAIL = re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?![A-Za-z0-9_])")
MESSAGE_ID = re.compile(
    r"(?:(?:message-id|references|in-reply-to|content-id):\s{0,20})?<[^<>\s@]{1,200}@[^<>\s@]{1,200}>", re.IGNORECASE
)
MOST_DIGITS_OF_A_NAME = 11  # before the @ of an address in angle brackets; with more it names a message
IDENTITY = re.compile(rf"{APART}[0-9]{{17}}[0-9Xx]{ENDED}")
ACCOUNT = re.compile(rf"{APART}[A-Z]{{2}}[0-9]{{2}}(?:[ -]?[A-Z0-9]){{11,30}}")
CARD = re.compile(r"(?<![A-Za-z0-9_@$])(?<![0-9][.,])[2-6][0-9](?:[ -]?[0-9]){11,17}(?![A-Za-z0-9_@]|[.,][0-9])")
VERSION = re.compile(r"(?:version|versions|release|ver\.?|版本号?|\bv\.?)[ :：]{0,3}$", re.IGNORECASE)
FOUR = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
ADDRESS_4 = re.compile(rf"(?<![A-Za-z0-9_])(?<![0-9]\.){FOUR}(?![A-Za-z0-9_]|\.[0-9])")
ADDRESS_6 = re.compile(
    rf"(?<![A-Za-z0-9_:.])(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}(?:{FOUR}|[0-9A-Fa-f]{{1,4}})?"
    r"(?:%[0-9A-Za-z]{1,16})?(?![A-Za-z0-9_]|:[0-9A-Fa-f:])"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

BEFORE_PHONE = r"(?<![A-Za-z0-9_+])(?<![0-9][.,/:-])"
AFTER_PHONE = r"(?![A-Za-z0-9_]|[.,/:-][0-9])"
EXTENSION = r"(?: ?(?:转|轉|分机|分機|ext\.?|x|#) ?[0-9]{1,6})?"
PHONE = re.compile(
    BEFORE_PHONE
    + "(?:"
    + "|".join(
        (
            r"\+[0-9](?:[ ./()-]{0,2}[0-9]){6,14}",  # +49 30 1234567, +44 (0)20 7946 0958
            r"00[ -]?[1-9](?:[ ./()-]{0,2}[0-9]){8,14}",  # 0049 30 1234567
            r"(?:86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}",  # 138 1234 5678
            r"[(（]0[1-9][0-9]{0,3}[)）][ -]?[0-9]{2,8}(?:[ -][0-9]{2,8}){0,3}",  # (010) 12345678
            r"0[1-9][0-9]{0,3}(?:[ .-]|/ ?| / | - )[0-9]{2,8}(?:[ .-][0-9]{2,8}){0,3}",  # 020 7946 0958, 01 23 45 67 89
            r"(?<![/=])0[1-9][0-9]{8,10}",  # 07700900123
            r"(?:1[ .-]?)?\([1-9][0-9]{2}\)[ .-]?[0-9]{3}[ .-][0-9]{4}",  # (212) 555-0123
            r"(?:1[.-])?[1-9][0-9]{2}([.-])[0-9]{3}\1[0-9]{4}",  # 212-555-0123
            r"(?:1 )?[2-9][0-9]{2} [0-9]{3}[ -][0-9]{4}",
            r"\([1-9][0-9]\) ?9?[0-9]{4}-[0-9]{4}",  # (11) 91234-5678
            r"[48]00[ -][0-9]{3,4}[ -][0-9]{3,4}",  # 400-820-8820
            r"1[38]00 [0-9]{3} [0-9]{3}",
            r"[6-9][0-9]{4}[ -][0-9]{5}",  # 98765 43210
        )
    )
    + ")"
    + EXTENSION
    + AFTER_PHONE
)
CALLED = re.compile(
    r"((?:(?<![A-Za-z])(?:tel|telephone|phone|fax|mobile|cell|call(?: me)?(?: at| on)?)|电话|手机|座机|热线|传真|電話|手機)"
    r"(?:号码?|號碼?|是|为|為| is)?[ .:：]{0,4})"
    r"(\(?[0-9](?:[ ./()-]{0,2}[0-9]){6,14}" + EXTENSION + ")" + AFTER_PHONE,
    re.IGNORECASE,
)
DATE = re.compile(r"[(]?(?:0?[1-9]|[12][0-9]|3[01])[./ -](?:0?[1-9]|[12][0-9]|3[01])[./ -](?:19|20)[0-9]{2}(?![0-9])")
NUMBERED = re.compile(
    r"(?:order|invoice|ticket|tracking|serial|sku|ref|reference|isbn|part|item|订单|单号|编号|流水|发票|快递|运单|货号)"
    r"[ .]{0,2}(?:no\.?|number|id|号码?|nr\.?)?[ #:：=.]{0,4}$",
    re.IGNORECASE,
)
LOOKED_BACK = 24  # characters before a number that tell what it is

LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
COUNTRIES = {country: length for length, countries in LENGTHS.items() for country in countries.split()}


def scrub(text: str) -> str:
    """The text with each find replaced by its kind in angle brackets. Names of messages (<20020101@host>) stay."""
    if "@" not in text:
        return scrub_numbers(text)
    parts, at = [], 0
    for match in MESSAGE_ID.finditer(text):
        if match[0][0] != "<" or sum(map(str.isdigit, match[0].partition("@")[0])) > MOST_DIGITS_OF_A_NAME:
            parts += [scrub_part(text[at : match.start()]), match[0]]
            at = match.end()
    return "".join([*parts, scrub_part(text[at:])])


def scrub_part(text: str) -> str:
    return scrub_numbers(EMAIL.sub("<email>", text))


def scrub_numbers(text: str) -> str:
    if not DIGIT.search(text):
        return text
    text = ACCOUNT.sub(hide_account, text)
    text = IDENTITY.sub(lambda m: "<identity>" if is_identity(m[0]) else m[0], text)
    text = CARD.sub(hide_card, text)
    text = ADDRESS_4.sub(hide_address, text)
    text = ADDRESS_6.sub(hide_address, text)
    text = PHONE.sub(hide_phone, text)
    return CALLED.sub(lambda m: m[0] if DATE.match(m[2]) else f"{m[1]}<phone>", text)


def hide_account(match: re.Match) -> str:
    """An international account number has the length that its country says; what follows it stays."""
    text, length = match[0], COUNTRIES.get(match[0][:2], 0)
    ends = [place for place, character in enumerate(text, 1) if character not in " -"]
    if not length or len(ends) < length:
        return text
    end = ends[length - 1]
    after = text[end : end + 1] or match.string[match.end() : match.end() + 1]
    alone = not (after.isascii() and after.isalnum())
    return "<account>" + text[end:] if alone and is_iban(text[:end]) else text


def is_iban(text: str) -> bool:
    """International account number: modulo 97 is 1."""
    plain = text.replace(" ", "").replace("-", "")
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_identity(number: str) -> bool:
    """Chinese identity number: weighted sum modulo 11."""
    total = sum(w * int(d) for w, d in zip(WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def hide_card(match: re.Match) -> str:
    """The longest beginning, in whole groups of digits, that is a card number; what follows it (a date, say) stays."""
    text = match[0]
    ends = [place for place in range(len(text), 12, -1) if text[place : place + 1] in ("", " ", "-")]
    end = next((place for place in ends if is_card(text[:place])), 0)
    return "<card>" + text[end:] if end else text


def is_card(text: str) -> bool:
    """Luhn's sum modulo 10 is 0, and the network that the first digits name has numbers of this length."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    fitting = len(digits) in lengths_of_cards("".join(map(str, digits[:2])))
    return fitting and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def lengths_of_cards(first: str) -> range | tuple[int, ...]:
    """Lengths of numbers that begin with these two digits."""
    if first[0] == "4":
        return (13, 16, 19)
    if first in ("34", "37"):
        return (15,)
    if first in ("30", "36", "38", "39"):
        return (14,)
    if "51" <= first <= "55" or "22" <= first <= "27":
        return (16,)
    return range(16, 20) if first == "35" or first[0] == "6" else ()


def hide_address(match: re.Match) -> str:
    text = match[0]
    before = match.string[max(0, match.start() - LOOKED_BACK) : match.start()]
    version = "." in text and ":" not in text and VERSION.search(before) is not None
    return "<address>" if DIGIT.search(text) and is_address(text) and not version else text


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def hide_phone(match: re.Match) -> str:
    """A telephone number: its digits are as many as one has, and it is neither a date nor called an order."""
    text = match[0]
    number = re.split("[转轉分机機extx#]", text, maxsplit=1)[0]
    count = sum(map(str.isdigit, number))
    if text.startswith("00"):
        fitting = count == 13 if text[2:].lstrip(" -")[0] == "1" else 11 <= count <= 17
    elif text.startswith("+"):
        fitting = 8 <= count <= 15
    else:
        before = match.string[max(0, match.start() - LOOKED_BACK) : match.start()]
        fitting = 9 <= count <= 15 and not DATE.match(text) and not NUMBERED.search(before)
    return "<phone>" if fitting else text
