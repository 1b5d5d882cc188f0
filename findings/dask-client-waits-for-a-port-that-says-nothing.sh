#!/usr/bin/env bash
# A Dask client waits for ever, whatever its timeout, where a port takes connections and says nothing.
#
# distributed 2026.8.0: `Client(address, timeout=1)` raises OSError after a second where nobody listens; where anything
# else listens (a web server's port, a scheduler that is stopped), it never returns. An `rpc(address).identity()` within
# `asyncio.wait_for` does end.
# Seen in November 2026:
#     nobody listens: OSError
#     something listens: still waiting after 10 seconds
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet distributed==2026.8.0
cat > "$folder/try.py" <<'PYTHON'
import os
import socket
import threading

from distributed import Client


def connect(port, said):
    try:
        Client(f"tcp://127.0.0.1:{port}", timeout=1)
        said.append("connected")
    except OSError:
        said.append("OSError")


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        for what, port in {"nobody listens": 1, "something listens": server.getsockname()[1]}.items():
            said = []
            waiting = threading.Thread(target=connect, args=(port, said), daemon=True)
            waiting.start()
            waiting.join(10)
            print(f"{what}: {said[0] if said else 'still waiting after 10 seconds'}", flush=True)
    os._exit(0)
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py" 2> /dev/null)
echo "$seen"
[ "$seen" = $'nobody listens: OSError\nsomething listens: still waiting after 10 seconds' ]
