"""The Python side of bench-peers.mjs: a task a line comes in, its seconds or what is wrong go out."""

import json
import sys
import time
from importlib.metadata import version

from pydantic_monty import FunctionSnapshot, Monty, MontyComplete


def check(value, expected):
    if value != expected:
        raise ValueError(f'gave {value!r:.40} where {expected!r:.40} is right')


def clocked(act):
    began = time.perf_counter()
    value = act()
    return time.perf_counter() - began, value


def run(pool, task, limits):
    with pool.checkout(limits=limits) as session:
        seconds, value = clocked(lambda: session.feed_run(task['code']))
    check(value, task['expected'])
    return seconds


def calls(pool, task, limits):
    got = []

    def f(i):
        got.append(i)
        return 1

    with pool.checkout(limits=limits) as session:
        seconds, _ = clocked(lambda: session.feed_run(task['code'], external_lookup={'f': f}))
    check(got, list(range(task['calls'])))
    return seconds


def cold(_, task, limits):
    began = time.perf_counter()
    with Monty() as pool, pool.checkout(limits=limits) as session:
        value = session.feed_run(task['code'])
        seconds = time.perf_counter() - began
    check(value, task['expected'])
    return seconds


def warm(pool, task, limits):
    time.sleep(0.05)  # A worker that was given back gets ready meanwhile.
    began = time.perf_counter()
    with pool.checkout(limits=limits) as session:
        value = session.feed_run(task['code'])
        seconds = time.perf_counter() - began
    check(value, task['expected'])
    return seconds


def dump(pool, task, limits):
    with pool.checkout(limits=limits) as session:
        snapshot = session.feed_start(task['code'])
        out, data = clocked(snapshot.dump)
    with pool.checkout(limits=limits) as session:
        back, snapshot = clocked(lambda: session.load_snapshot(data))
        check(type(snapshot), FunctionSnapshot)
        end = snapshot.resume({'return_value': task['answer']})
    check(type(end), MontyComplete)
    check(end.output, task['expected'])
    return out + back


ACTS = {act.__name__: act for act in (run, calls, cold, warm, dump)}


def main():
    print(json.dumps({'version': version('pydantic-monty')}), flush=True)
    with Monty() as pool:
        for line in sys.stdin:
            task = json.loads(line)
            # The calls of one session have a limit too, of 1000 unless one says otherwise.
            limits = {
                'max_feed_duration_secs': task['seconds'],
                'max_memory': task['memory'],
                'max_suspensions': 10**9,
            }
            try:
                reply = {'seconds': ACTS[task['act']](pool, task, limits)}
            except Exception as error:
                reply = {'wrong': f'{type(error).__name__}: {error}'}
            print(json.dumps(reply), flush=True)


main()
