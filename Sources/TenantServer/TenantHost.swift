// Guards the one simulated tenant behind all connections, and writes the ground truth beside it. Both under one lock: a
// line must be in the file before the answer that shows it is on the wire.

import Foundation
import Synchronization
import TenantSimulator
import Timekeeping

/// The simulated tenant as the connections share it.
final class TenantHost: Sendable {
    private struct State: Sendable {
        var tenant: SimulatedTenant
        var groundTruth: GroundTruthFile?
        var writeFailure: (any Error)?
    }

    private let state: Mutex<State>
    let time: any TimeSource

    init(tenant: SimulatedTenant, groundTruth: GroundTruthFile?, time: any TimeSource) {
        state = Mutex(State(tenant: tenant, groundTruth: groundTruth))
        self.time = time
    }

    func respond(to request: SimulatedRequest) -> SimulatedResponse {
        let now = time.now()
        return state.withLock { state in
            Self.play(&state, to: now)
            let response = state.tenant.respond(to: request, at: now)
            // An injected event has happened by now.
            Self.play(&state, to: now)
            return response
        }
    }

    /// Plays what is due.
    ///
    /// - Returns: when the next thing happens by itself.
    /// - Throws: what stopped the ground truth file from being written.
    func advance() throws -> Moment? {
        let now = time.now()
        return try state.withLock { state in
            Self.play(&state, to: now)
            if let failure = state.writeFailure { throw failure }
            return state.tenant.nextChange
        }
    }

    private static func play(_ state: inout State, to now: Moment) {
        let records = state.tenant.advance(to: now)
        guard !records.isEmpty, state.writeFailure == nil else { return }
        do {
            try state.groundTruth?.append(records)
        } catch {
            state.writeFailure = error
        }
    }
}

/// The ground truth as JSON Lines.
struct GroundTruthFile: Sendable {
    private let handle: FileHandle
    private let path: String

    /// Starts a new file, replacing an older one.
    ///
    /// - Throws: ``TenantServerError`` when the file cannot be created.
    init(path: String) throws(TenantServerError) {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw TenantServerError("cannot create the ground truth file \(path): check that its directory is writable")
        }
        self.handle = handle
        self.path = path
    }

    /// Each call is one write, so a reader never sees half a record for long.
    func append(_ records: [GroundTruthRecord]) throws(TenantServerError) {
        var bytes = Data()
        for record in records {
            bytes.append(contentsOf: record.line)
            bytes.append(UInt8(ascii: "\n"))
        }
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw TenantServerError("cannot write the ground truth file \(path): \(error)")
        }
    }
}

/// Why the simulator cannot serve; a note to whoever started it.
public struct TenantServerError: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
