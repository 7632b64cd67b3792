// A failing story of two thousand happenings explains nothing. Taking parts away while it still fails leaves the few
// that matter (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).

/// The shortest list found that still fails.
func shrunk<Element>(_ list: [Element], stillFails: ([Element]) -> Bool) -> [Element] {
    var list = list
    var chunk = list.count / 2
    while chunk >= 1 {
        var start = 0
        var removedSome = false
        while start < list.count {
            var candidate = list
            candidate.removeSubrange(start..<min(start + chunk, list.count))
            if !candidate.isEmpty, stillFails(candidate) {
                list = candidate
                removedSome = true
            } else {
                start += chunk
            }
        }
        // At one by one, go on until a whole pass removed nothing.
        if chunk > 1 { chunk /= 2 } else if !removedSome { break }
    }
    return list
}
