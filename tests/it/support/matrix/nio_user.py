"""A user with a client of another library (matrix-nio), without encryption, who uses the bot in the
main ways. Prints the name of each that worked.

Arguments: URL of the homeserver, user ID, password, user ID of the bot, text of an answer.
"""

import asyncio
import sys
import time

from nio import (
    AsyncClient,
    RedactionEvent,
    RoomCreateResponse,
    RoomMemberEvent,
    RoomMessageNotice,
    RoomSendResponse,
    SyncResponse,
)

# Longest wait for an event, in seconds.
TIMEOUT = 60
QUESTION = "who is rana mitter"


class User:
    def __init__(self, url, user, bot):
        self.client = AsyncClient(url, user)
        self.bot = bot
        self.events = []

    async def create_room(self, is_direct):
        created = await self.client.room_create(is_direct=is_direct, invite=[self.bot])
        assert isinstance(created, RoomCreateResponse), created
        await self.wait(
            "the bot joins",
            lambda event: isinstance(event, RoomMemberEvent)
            and (event.state_key, event.membership) == (self.bot, "join"),
            created.room_id,
        )
        return created.room_id

    async def send(self, room, kind, content):
        sent = await self.client.room_send(room, kind, content)
        assert isinstance(sent, RoomSendResponse), sent
        return sent.event_id

    async def say(self, room, text, **more):
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": text, **more})

    async def wait(self, what, is_awaited, room):
        """The next event in `room` that is awaited. Events are looked at once."""
        start = time.monotonic()
        while time.monotonic() - start < TIMEOUT:
            while self.events:
                in_room, event = self.events.pop(0)
                if in_room == room and is_awaited(event):
                    return event
            response = await self.client.sync(timeout=5000)
            assert isinstance(response, SyncResponse), response
            for room_id, update in response.rooms.join.items():
                self.events += [(room_id, event) for event in update.timeline.events]
        raise AssertionError(f"timed out waiting until {what}")

    async def message(self, room):
        """The next message or edit by the bot."""
        return await self.wait(
            "the bot sends something",
            lambda event: isinstance(event, RoomMessageNotice) and event.sender == self.bot,
            room,
        )

    def mention(self, text):
        """A message as clients without `m.mentions` send it: with a link to the bot."""
        name = self.bot[1:].split(":")[0]
        return f"{name}: {text}", {
            "format": "org.matrix.custom.html",
            "formatted_body": f'<a href="https://matrix.to/#/{self.bot}">{name}</a>: {text}',
        }


def relation(event):
    return event.source["content"].get("m.relates_to", {})


async def asks_in_a_room(user, room, answer):
    text, more = user.mention(QUESTION)
    question = await user.say(room, text, **more)
    reply = await user.message(room)
    assert answer in reply.body and "<blockquote>" in reply.formatted_body, reply
    assert relation(reply)["m.in_reply_to"]["event_id"] == question, reply
    edit = {"msgtype": "m.text", "body": user.mention("best pizza in almaty?")[0]}
    related = {"rel_type": "m.replace", "event_id": question}
    await user.say(room, "* edited", **{"m.new_content": edit, "m.relates_to": related})
    edited = await user.message(room)
    assert relation(edited) == {"rel_type": "m.replace", "event_id": reply.event_id}, edited
    assert "I have no quote" in edited.source["content"]["m.new_content"]["body"], edited
    await user.client.room_redact(room, question)
    await user.wait(
        "the answer is deleted",
        lambda event: isinstance(event, RedactionEvent) and event.redacts == reply.event_id,
        room,
    )


async def asks_in_a_thread(user, room, answer):
    root = await user.say(room, "a discussion")
    text, more = user.mention(QUESTION)
    thread = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True}
    await user.say(room, text, **more, **{"m.relates_to": thread})
    reply = await user.message(room)
    assert answer in reply.body, reply
    assert (relation(reply)["rel_type"], relation(reply)["event_id"]) == ("m.thread", root), reply


async def selects_by_reaction_and_by_number(user, room, _):
    for is_reaction in [True, False]:
        await user.say(room, user.mention("china help kazakhstan")[0])
        suggested = await user.message(room)
        assert "<ol>" in suggested.formatted_body, suggested
        if is_reaction:
            related = {"rel_type": "m.annotation", "event_id": suggested.event_id, "key": "1\ufe0f\u20e3"}
            await user.send(room, "m.reaction", {"m.relates_to": related})
            content = (await user.message(room)).source["content"]["m.new_content"]
        else:
            related = {"m.in_reply_to": {"event_id": suggested.event_id}}
            await user.say(room, "1", **{"m.relates_to": related})
            content = (await user.message(room)).source["content"]
        assert "<blockquote>" in content["formatted_body"], content


async def asks_directly(user, _, answer):
    direct = await user.create_room(is_direct=True)
    await user.say(direct, QUESTION)
    reply = await user.message(direct)
    assert answer in reply.body, reply


async def main(url, user_id, password, bot, answer):
    user = User(url, user_id, bot)
    await user.client.login(password)
    try:
        room = await user.create_room(is_direct=False)
        for use in [
            asks_in_a_room,
            asks_in_a_thread,
            selects_by_reaction_and_by_number,
            asks_directly,
        ]:
            await use(user, room, answer)
            print(use.__name__)
    finally:
        await user.client.close()


asyncio.run(main(*sys.argv[1:]))
