// Real signals, each in a process of its own: a test that gets it wrong would otherwise end the whole run.

import Glibc
import Testing

@testable import Systemd

@Suite struct ProcessSignalsTests {
    @Test func signalsArriveInsteadOfEndingTheProcess() async {
        await #expect(processExitsWith: .success) {
            let signals = await ProcessSignals.trapping([.hangup, .terminate, .interrupt])
            var iterator = signals.makeAsyncIterator()
            kill(getpid(), SIGHUP)
            #expect(await iterator.next() == .hangup)
            kill(getpid(), SIGTERM)
            #expect(await iterator.next() == .terminate)
            kill(getpid(), SIGINT)
            #expect(await iterator.next() == .interrupt)
        }
    }

    @Test func aSignalThatIsNotTrappedKeepsItsMeaning() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            _ = await ProcessSignals.trapping([.hangup])
            kill(getpid(), SIGTERM)
            pause()
        }
    }

    @Test func aStopIsNotLostBehindReloads() async {
        let signals = await ProcessSignals.trapping([])
        for _ in 0..<100 { signals.receive(.hangup) }
        signals.receive(.terminate)
        for _ in 0..<100 { signals.receive(.hangup) }
        var iterator = signals.makeAsyncIterator()
        #expect(await iterator.next() == .terminate)
        #expect(await iterator.next() == .hangup)
        signals.receive(.interrupt)
        #expect(await iterator.next() == .interrupt)
    }

    @Test func cancellationEndsTheSequence() async {
        let signals = await ProcessSignals.trapping([])
        let consumer = Task {
            var count = 0
            for await _ in signals { count += 1 }
            return count
        }
        consumer.cancel()
        #expect(await consumer.value == 0)
    }

    @Test func aBrokenPipeIsAnErrorAndNotTheEnd() async {
        await #expect(processExitsWith: .success) {
            ProcessSignal.ignoreBrokenPipe()
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            close(ends[0])
            var byte: UInt8 = 0
            #expect(write(ends[1], &byte, 1) == -1)
            #expect(errno == EPIPE)
        }
    }
}
