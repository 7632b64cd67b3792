// The flapping points of a room stand in its row as JSON, which is read by JSONDecoder and written by hand: every firing
// writes one, and JSONEncoder alone took a tenth of the second that 20,000 of them may take (Design, Budgets). A test
// holds the two against each other.

import FleetCore

enum FlapText {
    static func text(_ record: FlapPenalty.Record) -> String {
        var json = JSONText()
        json.object { json in
            json.add("penalty", record.penalty)
            json.add("at", record.at)
            json.add("isFrozen", record.isFrozen)
            json.add("isFlapping", record.isFlapping)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
