"""Names and numbers as people without need of them see them."""

import pytest

from accounts.wording import masked_name, masked_phone, masked_text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("张", "*"),
        ("张伟", "张*"),
        ("张小伟", "张**"),
        ("张王小伟", "张**"),
        ("欧阳", "欧*"),
        ("欧阳修", "欧阳*"),
        ("欧阳小伟", "欧阳**"),
        ("阿卜杜拉·买买提", "阿**"),
        ("Ann Li", "A**"),
        (" 张伟 ", "张*"),
        ("遂昌云峰茶业有限公司", "遂昌云峰茶业有限公司"),
        ("定海海岛银行", "定海海岛银行"),
    ],
)
def test_name(name, masked):
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+8613800000000", "138****0000"), ("13712345678", "137****5678"), ("x12", "****"), ("", "****"), (None, "****")],
)
def test_phone(phone, masked):
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打 13712345678 找王小明", "请打 137****5678 找王**"),
        ("+86 137-1234-5678", "137****5678"),
        ("137 1234 5678", "137****5678"),
        ("信用代码 91330902137123456789", "信用代码 91330902137123456789"),
        ("想借 50 万元", "想借 50 万元"),
    ],
)
def test_free_text(text, masked):
    assert masked_text(text, "王小明") == masked
