"""Personal data in lines that a generator writes, in English and Chinese: every kind is found, and nothing that only looks like it."""

import time

import numpy as np
import pytest

from groundup.data.clean.personal import COUNTRIES, is_card, is_iban, is_identity, scrub

PER_KIND = 20
ENGLISH = ("Please call {} before noon.", "{}", "It is {}, she said", "(see {})", "write to: {}; thanks")
CHINESE = ("请联系{}谢谢", "{}是他的", "号码：{}。", "我的{}，请保密", "（{}）")


def digits(draw, count, first=""):
    return first + "".join(str(d) for d in draw.integers(0, 10, count - len(first)))


def luhn(number):
    return next(number + str(last) for last in range(10) if luhn_sum(number + str(last)) % 10 == 0)


def luhn_sum(number):
    return sum(int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(number)))


def grouped(number, *sizes):
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return parts


def email(draw):
    name = "".join(draw.choice(list("abcdefgxyz._-+7"), 6)).strip("._-+") or "a"
    return f"{name}a@{draw.choice(['example.com', 'mail.uni-x.de', 'a.b.co.uk', 'qq.com', '163.com'])}"


def identity(draw):
    body = (
        digits(draw, 6, "4")
        + f"{draw.integers(1940, 2010)}{draw.integers(1, 13):02}{draw.integers(1, 29):02}"
        + digits(draw, 3)
    )
    return next(body + last for last in "0123456789X" if is_identity(body + last))


def mobile(draw):
    number = digits(draw, 11, f"1{draw.integers(3, 10)}")
    return str(
        draw.choice(
            [
                number,
                " ".join(grouped(number, 3, 4, 4)),
                "-".join(grouped(number, 3, 4, 4)),
                f"+86 {number}",
                f"+86{number}",
                f"86-{number}",
            ]
        )
    )


def landline(draw):
    area, number = str(draw.choice(["010", "021", "0755", "0571"])), digits(draw, 8, "6")
    return str(
        draw.choice(
            [
                f"{area}-{number}",
                f"({area}){number}",
                f"（{area}）{number}",
                f"{area}{number}",
                f"{area}-{number}转{draw.integers(1, 9999)}",
                f"{area} {number[:4]} {number[4:]}",
                f"{area}-{number}-801",
                f"400-{number[:3]}-{number[4:]}",
                f"00 86 10 {number}".replace("00 ", "00"),
            ]
        )
    )


def american(draw):
    area, number = digits(draw, 3, str(draw.integers(2, 10))), digits(draw, 7)
    return str(
        draw.choice(
            [
                f"({area}) {number[:3]}-{number[3:]}",
                f"{area}-{number[:3]}-{number[3:]}",
                f"{area}.{number[:3]}.{number[3:]}",
                f"{area} {number[:3]} {number[3:]}",
                f"1-{area}-{number[:3]}-{number[3:]}",
                f"+1 {area} {number[:3]} {number[3:]}",
                f"+1 ({area}) {number[:3]}-{number[3:]} ext. 12",
                f"001 {area} {number[:3]} {number[3:]}",
                f"{area}-{number[:3]}-{number[3:]} x7",
            ]
        )
    )


def european(draw):
    n = digits(draw, 8, str(draw.integers(1, 10)))
    return str(
        draw.choice(
            [
                f"+44 20 {n[:4]} {n[4:]}",
                f"+44 (0)20 {n[:4]} {n[4:]}",
                f"020 {n[:4]} {n[4:]}",
                f"07700 9{n[:5]}",
                f"077009{n[:5]}",
                f"+49 30 {n}",
                f"0049 30 {n}",
                f"030/{n}",
                f"030 {n}",
                f"0171-{n}",
                f"+33 1 {n[:2]} {n[2:4]} {n[4:6]} {n[6:]}",
                f"01 {n[:2]} {n[2:4]} {n[4:6]} {n[6:]}",
                f"06.{n[:2]}.{n[2:4]}.{n[4:6]}.{n[6:]}",
                f"0033 6 {n[:2]} {n[2:4]} {n[4:6]} {n[6:]}",
                f"+41 44 {n[:3]} {n[3:5]} {n[5:7]}",
                f"+390{n}",
                f"+34-9{n}",
            ]
        )
    )


def asian(draw):
    n = digits(draw, 8, str(draw.integers(2, 10)))
    return str(
        draw.choice(
            [
                f"+852 {n[:4]} {n[4:]}",
                f"+886 2 {n[:4]} {n[4:]}",
                f"0912-{n[:3]}-{n[3:6]}",
                f"02-{n[:4]}-{n[4:]}",
                f"+81-3-{n[:4]}-{n[4:]}",
                f"03-{n[:4]}-{n[4:]}",
                f"090-{n[:4]}-{n[4:]}",
                f"+82 10 {n[:4]} {n[4:]}",
                f"+91 98765 {n[:5]}",
                f"98765 {n[:5]}",
                f"+65 {n[:4]} {n[4:]}",
                f"+971-50-{n[:7]}",
                f"+55 11 9{n[:4]}-{n[4:]}",
                f"(11) 9{n[:4]}-{n[4:]}",
            ]
        )
    )


def card(draw):
    first, length = [
        ("4", 16),
        ("4", 13),
        ("51", 16),
        ("55", 16),
        ("2221", 16),
        ("34", 15),
        ("37", 15),
        ("36", 14),
        ("35", 16),
        ("62", 16),
        ("62", 19),
        ("62", 18),
        ("6011", 16),
    ][draw.integers(13)]
    number = luhn(digits(draw, length - 1, first))
    mark = str(draw.choice(["", " ", "-"]))
    return mark.join(filter(None, grouped(number, 4, 6, 5) if length == 15 else grouped(number, 4, 4, 4, 4, 3)))


def address_4(draw):
    return ".".join(str(n) for n in draw.integers(0, 256, 4)) + str(draw.choice(["", ":8080", "/24"]))


def address_6(draw):
    groups = [f"{n:x}" for n in draw.integers(1, 65536, 8)]
    return str(
        draw.choice(
            [
                ":".join(groups),
                ":".join([*groups[:3], "", *groups[5:]]),
                "2001:db8::" + groups[0],
                "fe80::1%eth0",
                "::ffff:192.0.2.7",
                ":".join(groups).upper(),
                "::1",
                f"2001:db8:{groups[1]}::",
            ]
        )
    )


def account(draw):
    country = str(draw.choice(["DE", "GB", "FR", "NL", "CH", "ES", "NO", "MT", "PL"]))
    body = digits(draw, COUNTRIES[country] - 4)
    body = ("WEST" + body[4:]) if country == "GB" else body
    number = next(f"{country}{check:02}{body}" for check in range(2, 99) if is_iban(f"{country}{check:02}{body}"))
    return str(draw.choice([number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))]))


KINDS = {
    "email": email,
    "identity": identity,
    "mobile": mobile,
    "landline": landline,
    "american": american,
    "european": european,
    "asian": asian,
    "card": card,
    "address_4": address_4,
    "address_6": address_6,
    "account": account,
}
MARKS = {
    "mobile": "phone",
    "landline": "phone",
    "american": "phone",
    "european": "phone",
    "asian": "phone",
    "address_4": "address",
    "address_6": "address",
}


@pytest.mark.parametrize("language", ["english", "chinese"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_line_of_each_kind_is_found(kind, language):
    draw = np.random.default_rng(sum(map(ord, kind + language)))
    frames, missed = ENGLISH if language == "english" else CHINESE, []
    for n in range(5 * PER_KIND):
        value = KINDS[kind](draw)
        line = frames[n % len(frames)].format(value)
        if f"<{MARKS.get(kind, kind)}>" not in scrub(line) or sum(map(str.isdigit, scrub(line))) > 4:
            missed.append((line, scrub(line)))
    assert missed == []


NEITHER = [
    "version 1.2.3.4.5 is out",
    "版本1.2.3.4发布了",
    "built from v1.2.3.4 today",
    "v2001:db8::1x",
    "2023-08-15 12:30:45",
    "01.02.2023 and 03/04/2024",
    "Message-ID: <20020822120000.12345@mail.example.com>",
    "<4111111111111111.20020101@host.example.net>",
    "it costs 1,234,567.89 euros",
    "价格是12345678.90元",
    "Order 4539148803436468X is late",
    "订单号：2023081512345678",
    "order no. 0123456789",
    "ISBN 978-3-16-148410-0",
    "pi is 3.14159265358979323846",
    "std::vector<int> a::b",
    "from 10:15:30 to 11:00:05",
    "invoice 2002-11-000123",
    "he won 6-4 6-3 7-5 6-2",
    "the years 1914 1918 1939 1945",
    "commit 4f5e6d7c8b9a0f1e2d3c4b5a69788796a5b4c3d2",
    "0x7fffffffffffffff",
    "ratio 16:9:4",
    "http://shop.example/item/0966103254/x?id=0123456789",
    "in 2010 and 2011, 2012 and 2013",
]


def test_what_only_looks_like_personal_data_stays():
    wrong = [(line, scrub(line)) for line in NEITHER if scrub(line) != line]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("card 4111 1111 1111 1111 12/27", "card <card> 12/27"),
        ("卡号6222020200112230111转账", "卡号<card>转账"),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", "IBAN <account> BIC COBADEFF"),
        ("账户DE89370400440532013000的", "账户<account>的"),
        ("a@b.com和c@d.cn", "<email>和<email>"),
        ("at 192.0.2.1.", "at <address>."),
        ("服务器192.168.1.10上", "服务器<address>上"),
        ("[2001:db8::1]:443", "[<address>]:443"),
        ("电话010-62345678转8001，", "电话<phone>，"),
        ("手机13812345678或15912345678", "手机<phone>或<phone>"),
        ("Tel. 555-0123, fax 2345 6789", "Tel. <phone>, fax <phone>"),
        ("电话是62345678。", "电话是<phone>。"),
        ("Ada <ada.byron19850505@example.com> wrote", "Ada <<email>> wrote"),
        ("call 0049 30 1234567 now", "call <phone> now"),
    ],
)
def test_what_stands_around_stays(line, left):
    assert scrub(line) == left


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("4111111111111111", True),
        ("4111111111111112", False),
        ("411111111111111", False),
        ("0000000000000000", False),
        ("371449635398431", True),
        ("9111111111111111", False),
        ("6240008631401148", True),
    ],
)
def test_a_card_has_the_length_of_its_network_and_its_sum(number, right):
    assert is_card(number) is right


@pytest.mark.parametrize("unit", ["1", "a", "1 ", "0-", "1.", "a@", ":", "+1", "(0", "<1@", "AB12 ", "f:", "13"])
def test_time_grows_with_the_length_alone(unit):
    def seconds(length):
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            scrub(unit * (length // len(unit)))
            best = min(best, time.process_time() - start)
        return best

    assert seconds(80_000) < 8 * 4 * max(seconds(10_000), 0.002)  # eight times the length; the square would be 64 times
