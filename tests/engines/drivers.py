"""Firefox and WebKit as Debian builds them, driven with what Python brings.

Playwright drives only browsers of its own make. Firefox answers the commands of WebDriver over its
socket Marionette, and WebKit through WebKitWebDriver over HTTP: https://www.w3.org/TR/webdriver2/
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 120  # seconds for one command on a busy machine
QUIET = {  # a Firefox that asks nothing of anyone
    "marionette.port": 0, "app.update.disabledForTesting": True, "app.normandy.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False, "extensions.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0, "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1", "toolkit.telemetry.server": "",
    "ui.prefersReducedMotion": 0, "ui.systemUsesDarkTheme": 0, "dom.max_script_run_time": 0,
}  # fmt: skip


class Engine:
    """A running browser with one window; what is left of it ends with `close`."""

    def __init__(self):
        missing = [tool for tool in self.needs if not shutil.which(tool)]
        if missing:
            raise FileNotFoundError(
                f"{self.name} is not tried: expected {', '.join(self.needs)} on PATH, and there is "
                f"no {', no '.join(missing)}. On Debian: apt-get install {self.packages}"
            )
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start_process(self, *command):
        home = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder)}
        with (self.folder / "said").open("w") as said:
            self.process = subprocess.Popen(
                command, env={**os.environ, **home}, stdin=subprocess.DEVNULL, stdout=said,
                stderr=said, start_new_session=True,
            )  # fmt: skip

    def wait_for(self, try_it):
        """Call until it returns something; it raises OSError, or returns None, until then."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                found = try_it()
            except OSError:
                found = None
            if found is not None:
                return found
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} does not start: {(self.folder / 'said').read_text()}")

    def close(self):
        if process := getattr(self, "process", None):
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(10)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
        shutil.rmtree(self.folder, ignore_errors=True)

    def go(self, address):
        self.command("Navigate", "POST", "url", {"url": address})

    def run(self, script, *given):
        """Return what an async function of JavaScript gives; raise RuntimeError with its error."""
        code = """const [source, given, done] = arguments;
            Promise.resolve().then(() => eval(`(${source})`)(...given))
              .then((value) => done({ value }), (error) => done({ error: String(error) }));"""
        answer = self.command("ExecuteAsyncScript", "POST", "execute/async",
                              {"script": code, "args": [script, given]})  # fmt: skip
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def act(self, kind, *actions):
        """Do what a "pointer" or a "key" does, one action after another."""
        source = {"type": kind, "id": kind, "actions": list(actions)}
        if kind == "pointer":
            source["parameters"] = {"pointerType": "mouse"}
        self.command("PerformActions", "POST", "actions", {"actions": [source]})

    def size(self, width, height):
        """Make the page so wide and so high, in its own pixels; return what came of it."""
        inner = "() => [innerWidth, innerHeight]"
        outer = "() => [outerWidth - innerWidth, outerHeight - innerHeight]"
        for _ in range(2):  # a bar may come or go
            more = self.run(outer)
            self.command("SetWindowRect", "POST", "window/rect",
                         {"width": width + more[0], "height": height + more[1]})  # fmt: skip
        return self.run(inner)


class Firefox(Engine):
    """Marionette: a length, a colon and JSON, each way."""

    name, packages, needs = "firefox", "firefox-esr", ("firefox",)

    def start(self):
        text = "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in QUIET.items())
        (self.folder / "user.js").write_text(text)
        self.start_process(
            "firefox", "--headless", "--no-remote", "--marionette", "--profile", str(self.folder)
        )
        port = self.folder / "MarionetteActivePort"
        self.socket = self.wait_for(
            lambda: socket.create_connection(("127.0.0.1", int(port.read_text() or 0)), PATIENCE)
        )
        self.number, self.stream = 0, self.socket.makefile("rb")
        self.receive()
        self.command("NewSession", "", "", {"unhandledPromptBehavior": "ignore"})
        self.command("SetTimeouts", "", "", {"script": PATIENCE * 1000})

    def receive(self):
        length = b""
        while not length.endswith(b":"):
            byte = self.stream.read(1)
            if not byte:
                raise RuntimeError("Firefox has gone")
            length += byte
        return json.loads(self.stream.read(int(length[:-1])))

    def command(self, name, method, path, given):
        self.number += 1
        message = json.dumps([0, self.number, f"WebDriver:{name}", given]).encode()
        self.socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, answer = self.receive()
        if error:
            raise RuntimeError(f"{name}: {error['error']}: {error['message']}")
        return answer.get("value") if isinstance(answer, dict) and "value" in answer else answer

    def close(self):
        if hasattr(self, "socket"):
            self.stream.close()
            self.socket.close()
        super().close()


class WebKit(Engine):
    """WebKitWebDriver: JSON over HTTP; its window stands on a screen of Xvfb."""

    name, packages = "webkit", "webkit2gtk-driver xvfb xauth"
    needs = ("WebKitWebDriver", "xvfb-run")

    def start(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.start_process("xvfb-run", "-a", "-s", "-screen 0 1600x1200x24 -nolisten tcp",
                           "WebKitWebDriver", f"--port={port}")  # fmt: skip
        self.address = f"http://127.0.0.1:{port}"
        self.wait_for(lambda: self.ask("GET", "/status"))
        wanted = {"capabilities": {"alwaysMatch": {}}}
        self.address += f"/session/{self.ask('POST', '/session', wanted)['sessionId']}"
        self.command("", "POST", "timeouts", {"script": PATIENCE * 1000})

    def ask(self, method, path, given=None):
        body = None if method == "GET" else json.dumps(given).encode()
        request = urllib.request.Request(self.address + path, body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            said = json.loads(error.read())["value"]
            text = f"{path}: {said['error']}: {said.get('message')}"
            raise RuntimeError(re.sub(r"/session/[^/]+", "", text)) from None

    def command(self, name, method, path, given):
        return self.ask(method, f"/{path}", given)

    def close(self):
        try:
            if "/session/" in getattr(self, "address", ""):
                self.ask("DELETE", "")
        except (OSError, RuntimeError):
            pass  # it has gone already
        super().close()


ENGINES = {engine.name: engine for engine in (Firefox, WebKit)}
