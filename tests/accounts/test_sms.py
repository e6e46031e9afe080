"""The senders; the provider's request is checked by a server of our own on loopback."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts import sms
from accounts.models import SmsMessage
from accounts.sms.backends import AliyunBackend, SmsError


@pytest.fixture
def provider(monkeypatch):
    """(what was asked, the answer to give)."""
    asked: list[dict[str, str]] = []
    answer = {"Code": "OK"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "ALIYUN_SMS_KEY": "key",
        "ALIYUN_SMS_SECRET": "secret",
        "ALIYUN_SMS_SIGN": "银桥",
        "ALIYUN_SMS_TEMPLATES": '{"code": "SMS_1"}',
        "ALIYUN_SMS_URL": f"http://127.0.0.1:{server.server_port}/",
    }.items():
        monkeypatch.setenv(name, value)
    yield asked, answer
    server.shutdown()
    server.server_close()


def test_aliyun_request(provider):
    asked, _answer = provider
    AliyunBackend().send("+8613812345678", "code", {"code": "123456"})
    sent = asked[0]
    assert (sent["PhoneNumbers"], sent["TemplateCode"], sent["SignName"]) == ("13812345678", "SMS_1", "银桥")
    assert json.loads(sent["TemplateParam"]) == {"code": "123456"}
    signature = sent.pop("Signature")
    assert AliyunBackend().signature(sent) == signature


def test_aliyun_signature_of_the_documented_example(provider):
    """The example of the provider's documentation of signature version 1.0."""
    backend = AliyunBackend()
    backend.secret = "testsecret"
    query = {
        "TimeStamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
    }
    query["Timestamp"] = query.pop("TimeStamp")
    assert backend.signature(query) == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_aliyun_refusal(provider):
    _asked, answer = provider
    answer |= {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发限流"}
    with pytest.raises(SmsError, match="触发限流"):
        AliyunBackend().send("+8613812345678", "code", {"code": "1"})


def test_aliyun_out_of_reach(provider, monkeypatch):
    monkeypatch.setenv("ALIYUN_SMS_URL", "http://127.0.0.1:9/")
    with pytest.raises(SmsError, match="没有应答"):
        AliyunBackend().send("+8613812345678", "code", {"code": "1"})


@pytest.mark.django_db
def test_demo_sender_keeps_the_words():
    sms.send("+8613812345678", "code", code="123456")
    assert SmsMessage.objects.get().text == "验证码 123456，5 分钟内有效。请勿告诉他人。"


def test_no_sender(settings):
    settings.SMS_BACKEND = "accounts.sms.backends.DisabledBackend"
    with pytest.raises(SmsError, match="尚未开通"):
        sms.send("+8613812345678", "code", code="123456")
