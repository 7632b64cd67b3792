// Cancellation, bounds and the end of the transport: every call ends exactly once, whatever overtakes what.

import CurlHTTP
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing
import Timekeeping

@Suite(.timeLimit(.minutes(1)))
struct LifetimeTests {
    @Test func cancellationClosesTheConnection() async throws {
        let (arrived, closed) = (Event(), Event())
        try await withServer({ connection in
            _ = connection.request()
            arrived.happen()
            connection.waitForClose()
            closed.happen()
        }) { transport, server in
            let task = Task { await failure(transport, HTTPCall(.get, server.url)) }
            await arrived.wait()
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            await closed.wait()
        }
    }

    @Test func cancelledTaskNeverConnects() async throws {
        try await withServer({ _ in }) { transport, server in
            let gate = Event()
            let task = Task {
                await gate.wait()
                return await failure(transport, HTTPCall(.get, server.url))
            }
            task.cancel()
            gate.happen()
            #expect(await task.value?.kind == .cancelled)
            #expect(server.connections == 0)
        }
    }

    @Test func twoHundredCancellationRacesEndOnceEach() async throws {
        try await withServer(ExchangeTests.echo) { transport, server in
            let url = server.url
            let outcomes = await withTaskGroup { group in
                for index in 0..<200 {
                    group.addTask {
                        let task = Task { await failure(transport, HTTPCall(.get, url)) }
                        for _ in 0..<(index % 40) { await Task.yield() }
                        task.cancel()
                        return await task.value
                    }
                }
                return await group.reduce(into: [HTTPTransportError?]()) { $0.append($1) }
            }
            #expect(outcomes.count == 200)
            #expect(outcomes.allSatisfy { $0 == nil || $0?.kind == .cancelled })
            let answer = try await transport.send(HTTPCall(.get, url))
            #expect(answer.status == 200)
        }
    }

    @Test func callsBeyondPlacesAndQueueAreRefused() async throws {
        let (arrived, released) = (Event(), Event())
        let gate = DispatchSemaphore(value: 0)
        let bounds = CurlConfiguration(maximumConcurrentTransfers: 1, maximumQueuedTransfers: 1)
        try await withServer(
            { connection in
                guard connection.request() != nil else { return }
                arrived.happen()
                gate.wait()
                connection.answer()
                while connection.request() != nil { connection.answer() }
            }, configuration: bounds
        ) { transport, server in
            let url = server.url
            let first = Task { await failure(transport, HTTPCall(.get, url)) }
            await arrived.wait()
            // Two more: one finds the queue empty and waits, the other is refused at once, whichever comes first.
            let others = [1, 2].map { _ in
                Task {
                    let error = await failure(transport, HTTPCall(.get, url))
                    if error != nil { released.happen() }
                    return error
                }
            }
            await released.wait()
            gate.signal()
            #expect(await first.value == nil)
            let kinds = [await others[0].value?.kind, await others[1].value?.kind]
            #expect(kinds.filter { $0 == nil }.count == 1)
            #expect(kinds.filter { $0 == .transportUnavailable }.count == 1)
        }
    }

    @Test func waitingForAPlaceCountsTowardTheTotalLimit() async throws {
        let arrived = Event()
        let bounds = CurlConfiguration(maximumConcurrentTransfers: 1)
        try await withServer(
            { connection in
                _ = connection.request()
                arrived.happen()
                connection.waitForClose()
            }, configuration: bounds
        ) { transport, server in
            let url = server.url
            let first = Task { await failure(transport, HTTPCall(.get, url)) }
            await arrived.wait()
            let second = await failure(
                transport, HTTPCall(.get, url, limits: HTTPLimits(total: .milliseconds(30))))
            #expect(second?.kind == .connectTimedOut)
            #expect(second?.kind.mayHaveBeenApplied == false)
            first.cancel()
            #expect(await first.value?.kind == .cancelled)
        }
    }

    @Test func shutdownFailsEverythingOutstanding() async throws {
        let arrived = Event()
        let bounds = CurlConfiguration(maximumConcurrentTransfers: 1)
        try await withServer(
            { connection in
                _ = connection.request()
                arrived.happen()
                connection.waitForClose()
            }, configuration: bounds
        ) { transport, server in
            let url = server.url
            let tasks = (0..<5).map { _ in Task { await failure(transport, HTTPCall(.get, url)) } }
            await arrived.wait()
            await transport.shutdown()
            for task in tasks { #expect(await task.value?.kind == .transportUnavailable) }
            #expect(await failure(transport, HTTPCall(.get, url))?.kind == .transportUnavailable)
            await transport.shutdown()
        }
    }

    @Test func droppedTransportEndsItsThread() async throws {
        #expect(environmentNamesADeadProxy)
        let before = Self.loopThreads()
        var transports = (0..<8).map { _ in
            CurlTransport(configuration: CurlConfiguration(), time: SystemTimeSource())
        }
        for transport in transports { _ = await failure(transport, HTTPCall(.get, "http://127.0.0.1:1/")) }
        transports = []
        // The threads end on their own time; other tests have theirs, so only a lasting surplus is a leak.
        var after = Self.loopThreads()
        while after >= before + 8 {
            await Task.yield()
            after = Self.loopThreads()
        }
        #expect(after < before + 8)
    }

    private static func loopThreads() -> Int {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.count { task in
            (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "libcurl\n"
        }
    }
}
