"""The one port to the outside: something that carries a letter, and mail as the way it goes."""

import contextlib
import smtplib
import socket
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Protocol

from clinic_api import clock
from clinic_api.messages.rules import domain_of

#: What the server says about this letter itself, not about the connection.
ABOUT_THE_LETTER: Final = (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
FOR_GOOD_FROM: Final = 500


class NotCarried(Exception):
    """The letter did not leave, as far as we know; the outcome is a short code and never quotes the server."""

    for_good = False

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Refused(NotCarried):
    """The letter will never be taken: trying again would not help."""

    for_good = True


class Messenger(Protocol):
    """Carries a letter to somebody.

    A second copy under the same ``message_id`` is the same letter: a messenger that lost the answer may be asked again.
    """

    def send(self, *, to: str, subject: str, text: str, message_id: str) -> None:
        """Carry it.

        Raises:
            NotCarried: not now, or as ``Refused`` never.
        """
        ...


@dataclass(frozen=True, slots=True)
class SmtpMessenger:
    """Mail, through the clinic's own mail server.

    Args:
        seconds: the longest one delivery may take from start to end, however slowly the server talks.
    """

    host: str
    port: int
    sender: str
    seconds: float = 20.0

    def send(self, *, to: str, subject: str, text: str, message_id: str) -> None:
        """Hand it to the mail server; see ``Messenger.send``."""
        connection = smtplib.SMTP(local_hostname=domain_of(self.sender), timeout=self.seconds)
        deadline = threading.Timer(self.seconds, _cut, [connection])
        deadline.start()
        try:
            letter = self._letter(to=to, subject=subject, text=text, message_id=message_id)
            connection.connect(self.host, self.port)
            connection.sendmail(self.sender, [to], letter.as_bytes(policy=SMTP))
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()  # it was taken; a rude goodbye changes nothing
        except ABOUT_THE_LETTER as failure:
            raise _refusal(failure) from None
        except (ValueError, smtplib.SMTPNotSupportedError):
            raise Refused("unsendable") from None
        except (smtplib.SMTPException, OSError):
            raise NotCarried("no-connection") from None
        finally:
            deadline.cancel()
            connection.close()

    def _letter(self, *, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self.sender
        letter["To"] = to
        if [each.addr_spec for each in letter["To"].addresses] != [to]:
            message = "one plain address, or nobody"
            raise ValueError(message)
        letter["Subject"] = subject
        letter["Message-ID"] = message_id
        letter["Date"] = format_datetime(clock.now())
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text, cte="quoted-printable")
        return letter


def _refusal(failure: smtplib.SMTPException) -> NotCarried:
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        code = min(code for code, _ in failure.recipients.values())
    else:
        code = int(getattr(failure, "smtp_code", 0))
    return (Refused if code >= FOR_GOOD_FROM else NotCarried)(f"smtp-{code}")


def _cut(connection: smtplib.SMTP) -> None:
    """Time is up: whoever waits for the server now hears that it is gone."""
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
