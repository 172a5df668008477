"""One viewer of a Streamlit page as a websocket client that speaks the browser's protocol.

It opens a page, learns the ids of its controls, and changes one: the time from sending the change to "script
finished" is the server's, with nothing of a browser in it. As a browser does, it tells the server which large
messages it already holds, so that they come back as references.
"""

from __future__ import annotations

import time
from collections import deque
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.sites import Filter, PageError, Spot

# A browser forgets a cached message two runs after it was last used (global.maxCachedMessageAge).
_KEPT_RUNS = 3
_FAILED = ForwardMsg.ScriptFinishedStatus.FINISHED_WITH_COMPILE_ERROR


class Viewer:
    """A session on one page. Use as an async context; not shared between tasks."""

    def __init__(self, url: str, spot: Spot) -> None:
        self.address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self.spot = spot
        self.received = 0
        self._hashes: deque[set[str]] = deque(maxlen=_KEPT_RUNS)
        self._controls: dict[str, tuple[str, list[str]]] = {}
        self._states: dict[str, WidgetState] = {}
        self._script = ""
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Viewer:
        # Streamlit compresses nothing on its socket unless told to; neither side should spend time on it.
        self._socket = await connect(self.address, subprotocols=["streamlit"], max_size=None, compression=None)  # type: ignore[list-item]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def load(self) -> float:
        """Run the page for the first time; seconds. Raises PageError."""
        return await self._run()

    async def change(self, turn: int) -> float:
        """Put the page's control on the option of this turn; seconds. Raises PageError."""
        control = self.spot.filter
        if control is None:
            return await self._run()
        widget, offered = self._controls.get(control.key, ("", []))
        option = control.options[turn % len(control.options)]
        # Streamlit takes an option that is not one for the default, and nothing would change.
        if option not in offered:
            raise PageError(f"{self.spot.page} of {self.address} offers no {option!r} in a control {control.key!r}.")
        self._states[widget] = _set_option(widget, control, option)
        return await self._run()

    async def _run(self) -> float:
        assert self._socket is not None
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash = self._script
        # The page's name counts only until its hash is known.
        state.page_name = "" if self._script else self.spot.path
        state.widget_states.CopyFrom(WidgetStates(widgets=list(self._states.values())))
        state.cached_message_hashes.extend(set().union(*self._hashes))
        state.context_info.timezone, state.context_info.locale = "UTC", "en-GB"
        state.context_info.color_scheme = "light"
        held: set[str] = set()
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            data = await self._socket.recv(decode=False)
            self.received += len(data)
            answer.ParseFromString(data)
            what = answer.WhichOneof("type")
            if what == "script_finished":
                # A run that another has overtaken is not the answer.
                if answer.script_finished == ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN:
                    continue
                if answer.script_finished == _FAILED:
                    raise PageError(f"{self.spot.page} of {self.address} did not compile.")
                self._hashes.append(held)
                return time.perf_counter() - began
            if what == "navigation":
                self._script = answer.navigation.page_script_hash
            elif what == "ref_hash":
                held.add(answer.ref_hash)
            elif what == "delta":
                if answer.metadata.cacheable:
                    held.add(answer.hash)
                self._read_element(answer)

    def _read_element(self, answer: ForwardMsg) -> None:
        """Note the id of a keyed control, and refuse an exception box."""
        if answer.delta.WhichOneof("type") != "new_element":
            return
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise PageError(f"{self.spot.page} of {self.address} raised {element.exception.message[:300]}")
        if kind == "button_group":
            self._note_control(element.button_group.id, [o.content for o in element.button_group.options])
        elif kind == "radio":
            self._note_control(element.radio.id, list(element.radio.options))
        elif kind == "selectbox":
            self._note_control(element.selectbox.id, list(element.selectbox.options))

    def _note_control(self, widget: str, options: list[str]) -> None:
        # $$ID-<hash>-<key>
        self._controls[widget.split("-", 2)[2]] = widget, options


def _set_option(widget: str, control: Filter, option: str) -> WidgetState:
    """The state a browser sends when an option is chosen."""
    state = WidgetState(id=widget)
    if control.control == "segment":
        state.string_array_value.data.append(option)
    else:
        state.string_value = option
    return state
