"""Where every participant is, and what follows from what they do: a command in, effects out.

No socket, no clock, no randomness: identifiers and seeds come from the `Source` that it is given, time comes back as commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Literal, Protocol

from igym import lifecycle, matchmaking
from igym.effects import (
    Dismiss,
    Effects,
    Emit,
    Export,
    Log,
    RefusedError,
    SaveParticipant,
    SaveSession,
    StartTimer,
    StopTimer,
)
from igym.events import VERSION
from igym.experiment import Experiment, Game, Page, Scene
from igym.state import Participant, Session

CONNECT_LIMIT_MS = 30_000
"""From the match to frames on every page."""
SEAL_LIMIT_MS = 5_000
"""What a cut session's members may still upload before its files are written."""
RETURN_LIMIT_MS = 30_000
"""From the start of a server to the return of every page whose game went on without it; pages try every 2 s."""
IN_PLAY = frozenset({"playing", "confirming", "done"})
MESSAGES = {
    "partner_left": "Your partner has left the game. What you played until then is saved.",
    "connection_failed": "The connection between you and the others could not be made.",
    "server_restart": "The study was interrupted on our side. What you played until then is saved.",
    "completed": "The game is over.",
}

EndReason = Literal["completed", "partner_left", "connection_failed", "server_restart"]


class Source(Protocol):
    """Where fresh identifiers and seeds come from."""

    def session_id(self) -> str: ...
    def seed(self, session_id: str) -> int: ...


class Coordinator:
    """The sole owner of who is where."""

    def __init__(
        self,
        experiment: Experiment,
        source: Source,
        *,
        profile: str,
        runtime: Mapping[str, Any],
        ice: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self._experiment = experiment
        self._source = source
        self._profile = profile
        self._runtime = runtime
        self._ice = ice
        self._participants: dict[str, Participant] = {}
        self._sessions: dict[str, Session] = {}
        self._queue: list[str] = []

    @property
    def game(self) -> Game:
        """The scene that is played."""
        return self._experiment.game

    # ---- Commands ----

    def create(self, participant_id: str, completion_code: str) -> Effects:
        """A participant pressed Begin."""
        participant = Participant(participant_id, completion_code)
        self._participants[participant_id] = participant
        return [SaveParticipant(participant), Log("participant_created", {"participant_id": participant_id})]

    def adopt(self, people: Sequence[Participant], sessions: Sequence[Session], *, unwritten: Set[str]) -> Effects:
        """What the store knows from before a restart, newest session first. `unwritten`: those over whose files are not all there.

        A game that runs goes on between its pages while no server does, so its session does too; one that was still
        connecting is over, as what its pages told each other is lost. What an end left undone is done.
        """
        for person in people:
            scene = self._scene(person)
            person.state = "done" if scene is None or scene.kind == "thanks" else "reading"
            person.missed_since_restart = True
            self._participants[person.id] = person
        self._sessions |= {session.id: session for session in sessions}
        adopted = [self._adopt_session(session, unwritten=session.id in unwritten) for session in sessions]
        return [effect for effects in adopted for effect in effects]

    def knows(self, participant_id: str) -> bool:
        return participant_id in self._participants

    def open_elsewhere(self, participant_id: str, page_id: str, tab_id: str | None) -> bool:
        """Whether another tab of the participant is connected: this one is then told so, and changes nothing.

        A page of the same tab is a reload, whose old connection may still seem to be there.
        """
        person = self._person(participant_id)
        same_tab = tab_id is not None and tab_id == person.tab_id
        return person.connected and person.page_id not in (None, page_id) and not same_tab

    def hello(self, participant_id: str, page_id: str, tab_id: str | None = None) -> tuple[Mapping[str, Any], Effects]:
        """A page speaks for a participant: the answer and what else follows."""
        person = self._person(participant_id)
        person.tab_id = tab_id
        effects: Effects = []
        resumed = person.page_id == page_id
        if not resumed:
            effects += self._replace_page(person, page_id)
        person.connected = True
        person.missed_since_restart = False
        effects.append(StopTimer(_gone(person.id)))
        effects.append(Log("page_hello", {"participant_id": person.id, "page_id": page_id, "resumed": resumed}))
        if resumed and person.session_id:
            effects += self._resume(person)
        else:
            effects += [*(self._tell_end(person) if resumed else []), self._activate(person)]
        if person.state == "queued":
            effects += self._fill(self._experiment.game)
        answer = {
            "ok": True,
            "stage": person.state,
            "resumed": resumed,
            "profile": self._profile,
            "runtime": self._runtime,
        }
        return answer, effects

    def advance(self, participant_id: str, scene_id: str) -> Effects:
        """The participant goes on from a page. Repeating it is harmless."""
        person = self._person(participant_id)
        scene = self._scene(person)
        if scene is None or scene.id != scene_id:
            return []
        if not isinstance(scene, Page):
            raise RefusedError("not_a_page", f"{scene_id} is no page that one leaves with a button")
        person.state = lifecycle.after(person.state, "advance")
        return self._next_scene(person)

    def join(self, participant_id: str, scene_id: str) -> Effects:
        """The participant's environment is loaded: into the waiting room. Repeating it is harmless."""
        person = self._person(participant_id)
        scene = self._scene(person)
        if scene is None or scene.id != scene_id or not isinstance(scene, Game):
            raise RefusedError("wrong_scene", f"{participant_id} is not at the game {scene_id}")
        if person.state != "reading":
            return []
        person.state = lifecycle.after(person.state, "join")
        self._queue.append(person.id)
        return [Log("lobby_joined", {"participant_id": person.id, "scene_id": scene_id}), *self._fill(scene)]

    def report(self, participant_id: str, session_id: str, phase: str) -> Effects:
        """What a member's game says about itself."""
        session = self._session_of(participant_id, session_id)
        if session.state != "connecting" or phase not in IN_PLAY:
            return []
        session.in_play.add(session.members.index(participant_id))
        if len(session.in_play) < len(session.members):
            return []
        session.state = lifecycle.session_after(session.state, "run")
        return [
            StopTimer(_connect(session.id)),
            SaveSession(session),
            Log("session_running", {"session_id": session.id}),
        ]

    def sealed(self, session_id: str, episode: int, seat: int) -> Effects:
        """A seat's episode is complete in the store."""
        session = self._sessions[session_id]
        seats = session.sealed.setdefault(episode, set())
        if seat in seats:
            return []
        seats.add(seat)
        if len(seats) < len(session.members):
            return []
        effects: Effects = [Export(session_id, episode)]
        return [*effects, *self._end(session, "completed")] if self._is_over(session) else effects

    def leave(self, participant_id: str, session_id: str, reason: str) -> Effects:
        """A member's page cannot or will not play on."""
        session = self._session_of(participant_id, session_id)
        log = Log("session_left", {"session_id": session_id, "participant_id": participant_id, "reason": reason})
        return [log, *self._cut(session, "partner_left")]

    def disconnected(self, participant_id: str, page_id: str) -> Effects:
        """The connection of a page is gone; the page may come back."""
        person = self._participants.get(participant_id)
        if person is None or person.page_id != page_id:
            return []
        person.connected = False
        effects: Effects = [Log("page_gone", {"participant_id": person.id, "page_id": page_id})]
        if person.state in ("queued", "playing"):
            effects.append(StartTimer(_gone(person.id), self._experiment.game.reconnection_timeout_ms))
        return effects

    def timer(self, name: str) -> Effects:
        """A timer that was started here is due."""
        kind, _, subject = name.partition(":")
        if kind == "gone":
            return self._give_up(self._participants[subject])
        session = self._sessions[subject]
        if kind == "connect":
            return self._cut(session, "connection_failed") if session.state == "connecting" else []
        return [Export(session.id, None)]

    def member(self, participant_id: str, session_id: str) -> int:
        """The seat of a participant in a session of theirs. Raises RefusedError."""
        session = self._sessions.get(session_id)
        if session is None or participant_id not in session.members:
            raise RefusedError("not_a_member", f"{participant_id} is no member of session {session_id}")
        return session.members.index(participant_id)

    def route(self, participant_id: str, session_id: str, seat: int) -> tuple[str, int]:
        """(receiver, sender's seat) of a signal to a seat of the sender's session."""
        session = self._session_of(participant_id, session_id)
        if not 0 <= seat < len(session.members):
            raise RefusedError("no_such_seat", f"seat {seat}; 0..{len(session.members) - 1}")
        return session.members[seat], session.members.index(participant_id)

    def snapshot(self) -> dict[str, Any]:
        """Everything, for the test profile."""
        return {
            "participants": {
                p.id: {"state": p.state, "scene": p.scene, "connected": p.connected, "session_id": p.session_id}
                for p in self._participants.values()
            },
            "sessions": {
                s.id: {
                    "state": s.state,
                    "members": s.members,
                    "reason": s.reason,
                    "sealed": {str(e): sorted(x) for e, x in s.sealed.items()},
                }
                for s in self._sessions.values()
            },
            "queue": list(self._queue),
        }

    # ---- Steps ----

    def _adopt_session(self, session: Session, *, unwritten: bool) -> Effects:
        members = [self._participants[one] for one in session.members]
        here = [one for one in members if self._is_at(one, session.scene_id)]
        if session.state in ("completed", "cut"):
            for person in members:
                person.last_session_id = person.last_session_id or session.id
            effects = [effect for person in here for effect in self._release(person)]
            return [*effects, StartTimer(_export(session.id), SEAL_LIMIT_MS)] if unwritten else effects
        for person in here:
            person.state, person.session_id = "playing", session.id
        if session.state == "connecting" or len(here) < len(members):
            return self._cut(session, "server_restart")
        session.in_play = set(range(len(members)))
        log = Log("session_adopted", {"session_id": session.id, "members": list(session.members)})
        timers = [StartTimer(_gone(person.id), RETURN_LIMIT_MS) for person in members]
        return [log, *timers, *self._sealed_before(session)]

    def _sealed_before(self, session: Session) -> Effects:
        """What is still to be done about episodes that every seat sealed."""
        whole = [episode for episode in range(self._experiment.game.episodes) if self._is_sealed(session, episode)]
        effects: Effects = [Export(session.id, episode) for episode in whole]
        return [*effects, *self._end(session, "completed")] if self._is_over(session) else effects

    def _is_sealed(self, session: Session, episode: int) -> bool:
        return len(session.sealed.get(episode, ())) == len(session.members)

    def _is_over(self, session: Session) -> bool:
        episodes = range(self._experiment.game.episodes)
        return session.state == "running" and all(self._is_sealed(session, episode) for episode in episodes)

    def _is_at(self, person: Participant, scene_id: str) -> bool:
        """At a game that nothing else has begun for this participant."""
        scene = self._scene(person)
        return scene is not None and scene.id == scene_id and person.session_id is None

    def _replace_page(self, person: Participant, page_id: str) -> Effects:
        """A reload, or another tab when the first one is gone: what ran in the old page is over."""
        effects: Effects = []
        if person.page_id is not None and person.connected:
            message = "This study was opened in another window. Please go on there."
            effects.append(Dismiss(person.id, person.page_id, "duplicate", message))
        person.page_id = page_id
        if person.state == "queued":
            effects += self._unqueue(person)
        if person.session_id is not None:
            effects += self._cut(self._sessions[person.session_id], "partner_left")
        return effects

    def _resume(self, person: Participant) -> Effects:
        """The page is back during its session; what it was told at the match may have been lost with the connection."""
        session = self._sessions[person.session_id or ""]
        if session.state != "connecting":
            return []
        seat = session.members.index(person.id)
        return [Emit(person.id, "session_assigned", self._assignment(self._experiment.game, session, seat))]

    def _fill(self, scene: Game) -> Effects:
        """Matches those who have waited longest and are connected, and tells the others how many wait."""
        here = [one for one in self._queue if self._participants[one].connected]
        members = matchmaking.group(here, scene.seats)
        effects = self._match(scene, members) if members is not None else []
        return effects + self._tell_queue(scene)

    def _match(self, scene: Game, members: tuple[str, ...]) -> Effects:
        session_id = self._source.session_id()
        session = Session(session_id, scene.id, self._source.seed(session_id), members)
        self._sessions[session_id] = session
        self._queue = [one for one in self._queue if one not in members]
        effects: Effects = [
            SaveSession(session),
            Log(
                "session_created",
                {"session_id": session_id, "scene_id": scene.id, "members": list(members), "seed": session.seed},
            ),
            StartTimer(_connect(session_id), CONNECT_LIMIT_MS),
        ]
        for seat, participant_id in enumerate(members):
            person = self._participants[participant_id]
            person.state = lifecycle.after(person.state, "match")
            person.session_id = session_id
            effects.append(Emit(participant_id, "session_assigned", self._assignment(scene, session, seat)))
        return effects

    def _assignment(self, scene: Game, session: Session, seat: int) -> dict[str, Any]:
        names = (
            "seats",
            "episodes",
            "max_steps",
            "input_delay_frames",
            "prediction_limit_frames",
            "upload_interval_ms",
            "countdown_ms",
        )
        return {
            "session_id": session.id,
            "scene_id": scene.id,
            "registry_version": VERSION,
            "seat": seat,
            "seed": session.seed,
            **{name: getattr(scene, name) for name in names},
            "input_delay_changes": [list(change) for change in scene.input_delay_changes],
            "keys": dict(scene.keys),
            "ice": dict(self._ice(session.id)),
            "profile": self._profile,
        }

    def _tell_queue(self, scene: Game) -> Effects:
        state = {"phase": "queued", "waiting_count": len(self._queue), "group_size": scene.seats, "message": None}
        return [Emit(one, "lobby_state", state) for one in self._queue]

    def _unqueue(self, person: Participant) -> Effects:
        person.state = lifecycle.after(person.state, "unqueue")
        self._queue.remove(person.id)
        return self._tell_queue(self._experiment.game)

    def _give_up(self, person: Participant) -> Effects:
        """A participant did not come back in time."""
        if person.connected:
            return []
        if person.state == "queued":
            return self._unqueue(person)
        reason: EndReason = "server_restart" if person.missed_since_restart else "partner_left"
        return self._cut(self._sessions[person.session_id], reason) if person.session_id else []

    def _cut(self, session: Session, reason: EndReason) -> Effects:
        return (
            [*self._end(session, reason), StartTimer(_export(session.id), SEAL_LIMIT_MS)]
            if session.state in ("connecting", "running")
            else []
        )

    def _end(self, session: Session, reason: EndReason) -> Effects:
        session.state = lifecycle.session_after(session.state, "complete" if reason == "completed" else "cut")
        session.reason = reason
        effects: Effects = [
            StopTimer(_connect(session.id)),
            SaveSession(session),
            Log("session_ended", {"session_id": session.id, "reason": reason}),
        ]
        for person in (self._participants[one] for one in session.members):
            if person.session_id == session.id:
                effects += self._let_go(person, session)
        return effects

    def _let_go(self, person: Participant, session: Session) -> Effects:
        person.session_id, person.last_session_id = None, session.id
        return [StopTimer(_gone(person.id)), *self._tell_end(person), *self._release(person)]

    def _release(self, person: Participant) -> Effects:
        """From a session that is over to the next scene."""
        if not self._more(person.scene):
            person.state = lifecycle.after(person.state, "finish")
        elif person.state == "playing":
            person.state = lifecycle.after(person.state, "release")
        return self._next_scene(person)

    def _tell_end(self, person: Participant) -> Effects:
        """How the participant's last session ended. A page that knows takes it as said."""
        session = self._sessions.get(person.last_session_id or "")
        if session is None:
            return []
        more = self._more(next(i for i, scene in enumerate(self._experiment.scenes) if scene.id == session.scene_id))
        end = {
            "session_id": session.id,
            "reason": session.reason,
            "outcome": "completed" if session.reason == "completed" else "partial",
            "message": MESSAGES[session.reason],
            "next": "advance" if more else "stay",
            "completion_code": None if more else person.completion_code,
        }
        return [Emit(person.id, "session_end", end)]

    def _more(self, scene: int) -> bool:
        """Whether a scene follows this one."""
        return scene + 1 < len(self._experiment.scenes)

    def _next_scene(self, person: Participant) -> Effects:
        person.scene += 1
        scene = self._scene(person)
        if scene is not None and scene.kind == "thanks":
            person.state = lifecycle.after(person.state, "finish")
        effects: Effects = [
            SaveParticipant(person),
            Log("scene", {"participant_id": person.id, "scene_id": scene.id if scene else None}),
        ]
        return [*effects, self._activate(person)] if scene is not None else effects

    def _activate(self, person: Participant) -> Emit:
        """The scene that a participant is at; the last one stays."""
        index = min(person.scene, len(self._experiment.scenes) - 1)
        scene = self._experiment.scenes[index]
        payload = {
            "scene_id": scene.id,
            "kind": scene.kind,
            "index": index,
            "total": len(self._experiment.scenes),
            "config": self._config(scene, person),
        }
        return Emit(person.id, "scene_activate", payload)

    def _config(self, scene: Scene, person: Participant) -> dict[str, Any]:
        if isinstance(scene, Game):
            return {"title": scene.title, "runtime": self._runtime}
        config: dict[str, Any] = {"title": scene.title, "paragraphs": list(scene.paragraphs)}
        if isinstance(scene, Page):
            return {**config, "button": scene.button}
        return {**config, "completion_code": person.completion_code if scene.completion_code else None}

    # ---- Lookups ----

    def _person(self, participant_id: str) -> Participant:
        person = self._participants.get(participant_id)
        if person is None:
            raise RefusedError("unknown_participant", "this link belongs to nobody; begin again at the start page")
        return person

    def _scene(self, person: Participant) -> Scene | None:
        return self._experiment.scenes[person.scene] if person.scene < len(self._experiment.scenes) else None

    def _session_of(self, participant_id: str, session_id: str) -> Session:
        session = self._sessions.get(session_id)
        if session is None or participant_id not in session.members:
            raise RefusedError("not_a_member", f"no session {session_id} of this participant")
        return session


def _gone(participant_id: str) -> str:
    return f"gone:{participant_id}"


def _connect(session_id: str) -> str:
    return f"connect:{session_id}"


def _export(session_id: str) -> str:
    return f"export:{session_id}"
