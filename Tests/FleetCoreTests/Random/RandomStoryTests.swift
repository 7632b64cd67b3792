// Long stories that nobody thought of. A failing seed prints the shortest story that still fails, ready to be pasted
// into a test of its own.

import FleetCore
import Testing

struct RandomStoryTests {
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func nothingForbiddenHappens(seed: UInt64) {
        let story = Happening.story(length: 1500, seed: seed)
        let play = Playthrough.of(story)
        guard play.broken != nil else {
            #expect(play.opened > 5, "a story in which nothing opens proves nothing")
            return
        }
        let shortest = shrunk(story) { Playthrough.of($0).broken != nil }
        let why = Playthrough.of(shortest).broken ?? ""
        Issue.record("seed \(seed): \(why)\n\(shortest.map { "    \($0)," }.joined(separator: "\n"))")
    }

    /// The net has no hole: a shrunk list still fails, and nothing more can be taken away.
    @Test func shrinkingFindsTheSmallestFailingList() {
        let list = Array(0..<200)
        let found = shrunk(list) { $0.contains(17) && $0.contains(171) }
        #expect(found == [17, 171])
    }
}
