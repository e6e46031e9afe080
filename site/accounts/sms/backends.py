"""Senders. Each has `send(phone, template, parameters)`."""

import base64
import hashlib
import hmac
import json
import os
import uuid
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from accounts.models import SmsMessage


class SmsError(Exception):
    """The message was not accepted; the text says by whom and why."""


class Backend:
    """What every sender can say of itself."""

    waits_for_a_provider = False  # whether `send` takes as long as a provider's answer

    def check_ready(self) -> None:
        """Raises SmsError when no message can be sent at all."""

    def send(self, phone: str, template: str, parameters: dict[str, str]) -> None:
        raise NotImplementedError


class DisabledBackend(Backend):
    """No sender is set up."""

    def check_ready(self) -> None:
        raise SmsError("短信服务尚未开通，请用密码登录，或联系管理员。")

    def send(self, phone: str, template: str, parameters: dict[str, str]) -> None:
        self.check_ready()


class DemoBackend(Backend):
    """Keeps messages for the demo inbox; nothing leaves the machine."""

    def send(self, phone: str, template: str, parameters: dict[str, str]) -> None:
        from . import text_of

        SmsMessage.objects.create(phone=phone, text=text_of(template, parameters))


class AliyunBackend(Backend):
    """阿里云短信 SendSms (2017-05-25), RPC signature version 1.0.

    Reads ALIYUN_SMS_KEY, ALIYUN_SMS_SECRET, ALIYUN_SMS_SIGN, ALIYUN_SMS_TEMPLATES (JSON: our template → approved code)
    and, for tests and proxies, ALIYUN_SMS_URL.
    """

    waits_for_a_provider = True

    def __init__(self) -> None:
        self.key = os.environ["ALIYUN_SMS_KEY"]
        self.secret = os.environ["ALIYUN_SMS_SECRET"]
        self.sign = os.environ["ALIYUN_SMS_SIGN"]
        self.templates = json.loads(os.environ["ALIYUN_SMS_TEMPLATES"])
        self.url = os.environ.get("ALIYUN_SMS_URL", "https://dysmsapi.aliyuncs.com/")

    def signature(self, query: dict[str, str]) -> str:
        """HMAC-SHA1 over the sorted, percent-encoded query, as the provider documents it."""
        canonical = "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))
        message = f"GET&%2F&{quote(canonical, safe='~')}"
        digest = hmac.new(f"{self.secret}&".encode(), message.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()

    def send(self, phone: str, template: str, parameters: dict[str, str]) -> None:
        if template not in self.templates:
            raise SmsError(f"ALIYUN_SMS_TEMPLATES 里没有 {template} 的模板编号")
        query = {
            "AccessKeyId": self.key,
            "Action": "SendSms",
            "Format": "JSON",
            "PhoneNumbers": phone.removeprefix("+86"),
            "SignName": self.sign,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": uuid.uuid4().hex,
            "SignatureVersion": "1.0",
            "TemplateCode": self.templates[template],
            "TemplateParam": json.dumps(parameters, ensure_ascii=False),
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }
        query["Signature"] = self.signature(query)
        try:
            with urlopen(Request(f"{self.url}?{urlencode(query)}"), timeout=10) as answer:  # noqa: S310
                body = json.load(answer)
        except OSError as error:
            raise SmsError(f"短信服务没有应答：{error}") from error
        if body.get("Code") != "OK":
            raise SmsError(f"短信服务拒绝：{body.get('Code')} {body.get('Message')}")
