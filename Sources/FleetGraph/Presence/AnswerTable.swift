// Puts the rows of a page in the order in which their accounts were asked for. Graph promises no order but mostly
// keeps it, so the next account in line is tried before anything is looked up.

import CSimdjson
import FleetCore
import Foundation

struct AnswerTable {
    private let asked: [AccountID]
    private var answers: [PresenceAnswer]
    private var answered: [Bool]
    /// The account expected next.
    private var cursor = 0
    private var positions: [AccountID: Int] = [:]

    init(asked: [AccountID]) {
        self.asked = asked
        answers = Array(repeating: PresenceAnswer(.unknown(.missing)), count: asked.count)
        answered = Array(repeating: false, count: asked.count)
    }

    mutating func accept(_ row: presence_row, words: inout PresenceMemo) {
        guard row.id.kind == PRESENCE_TEXT_STRING, let position = position(of: row.id.buffer) else { return }
        let stamp = Self.stamp(row.sequence_number)
        put(PresenceAnswer(words.reading(row.availability, row.activity), sequenceNumber: stamp), at: position)
    }

    /// The same for a row whose fields are strings already.
    mutating func accept(id: String, reading: Reading<Presence>, stamp: String?) {
        var id = id
        guard let position = id.withUTF8({ position(of: $0) }) else { return }
        put(PresenceAnswer(reading, sequenceNumber: stamp), at: position)
    }

    /// One answer for each account asked for; an account asked for twice gets its answer twice.
    mutating func finished() -> [PresenceAnswer] {
        guard answered.contains(false), Set(asked).count < asked.count else { return answers }
        indexPositions()
        for index in answers.indices where !answered[index] {
            if let first = positions[asked[index]] { answers[index] = answers[first] }
        }
        return answers
    }

    private mutating func put(_ answer: PresenceAnswer, at position: Int) {
        if answered[position], let kept = answers[position].sequenceNumber, let new = answer.sequenceNumber, new < kept
        {
            return
        }
        // Two answers about one room that contradict one another, with nothing to say which is newer, say nothing.
        if answered[position], answers[position].sequenceNumber == nil || answer.sequenceNumber == nil,
            case .value(let first) = answers[position].reading, case .value(let second) = answer.reading,
            (first.meaning == .offline) != (second.meaning == .offline)
        {
            let text = "\(first.text) and \(second.text)"
            answers[position] = PresenceAnswer(.unknown(.saidUnknown(text: text)))
            return
        }
        answers[position] = answer
        answered[position] = true
    }

    private mutating func position(of id: UnsafeBufferPointer<UInt8>) -> Int? {
        // An account that Graph left out shifts the rest by one.
        if cursor < asked.count, asked[cursor].equals(id) {
            cursor += 1
            return cursor - 1
        }
        if cursor + 1 < asked.count, asked[cursor + 1].equals(id) {
            cursor += 2
            return cursor - 1
        }
        // Object ids are short; whatever is longer was not asked for.
        guard id.count <= BoundedText.id * 4 else { return nil }
        if positions.isEmpty { indexPositions() }
        guard let found = positions[AccountID(String(decoding: id, as: UTF8.self))] else { return nil }
        cursor = found + 1
        return found
    }

    private mutating func indexPositions() {
        guard positions.isEmpty else { return }
        positions.reserveCapacity(asked.count)
        for (index, account) in asked.enumerated() where positions[account] == nil { positions[account] = index }
    }

    private static func stamp(_ text: presence_text) -> String? {
        guard text.kind == PRESENCE_TEXT_STRING, isStamp(text.buffer) else { return nil }
        return String(decoding: text.buffer, as: UTF8.self)
    }

    /// Whether the bytes are a version stamp as documented: short, printable. Anything else orders nothing.
    static func isStamp(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= 64 && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension AccountID {
    /// Whether the bytes spell this id, letters of either case.
    fileprivate func equals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { own in
            guard own.count == bytes.count, let theirs = bytes.baseAddress, let ours = own.baseAddress else {
                return own.isEmpty && bytes.isEmpty
            }
            if memcmp(ours, theirs, own.count) == 0 { return true }
            for index in 0..<own.count {
                let byte = bytes[index]
                let isUpper = byte &- 0x41 < 26
                if own[index] != (isUpper ? byte | 0x20 : byte) { return false }
            }
            return true
        } ?? false
    }
}
