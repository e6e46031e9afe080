"""What may be refused to people, with texts that they can act on."""


class PeopleError(Exception):
    """The text is for people."""


class NoSuchEnterprise(PeopleError):
    """No enterprise is registered under this code."""


class AlreadyMember(PeopleError):
    """This person acts for this enterprise already."""


class ActsForAnother(PeopleError):
    """This person acts for another enterprise: pages show one."""


class LastOwner(PeopleError):
    """An enterprise with members keeps an owner."""


class LastAdministrator(PeopleError):
    """The last administrator cannot leave without another."""


class InvitationOver(PeopleError):
    """The link is not valid any more, or not for this person."""


class HandOverFirst(PeopleError):
    """The person still holds open work of which nobody said who takes it over."""


class NothingLeft(PeopleError):
    """A colleague has handed it over a moment ago, or the person has been let back in."""


class MergeRefused(PeopleError):
    """These two records cannot become one, or not any more be parted."""
