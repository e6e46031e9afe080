"""Names and numbers as people without need of them see them."""

import pytest

from accounts.wording import masked_name, masked_phone


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
