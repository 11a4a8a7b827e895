package ratchet.reference;

/** Which character trigrams a text has, by their hashes: 1,024 bits. See bench/reference-job.md. */
final class TrigramBits {
    static final int WORDS = 16;

    private TrigramBits() {
    }

    static long[] of(String text) {
        long[] bits = new long[WORDS];
        int first = 0;
        int second = 0;
        int length = text.length();
        for (int i = 0; i <= length; i++) {
            int unit = i < length ? normalUnit(text.charAt(i)) : ' ';
            // `second` is 0 before the first unit that is no blank.
            if (unit == ' ' && (second == ' ' || second == 0)) continue;
            if (second == 0) second = ' ';
            if (first != 0) setBit(bits, first, second, unit);
            first = second;
            second = unit;
        }
        return bits;
    }

    static int similarityPermille(long[] a, long[] b) {
        int shared = 0;
        int all = 0;
        for (int i = 0; i < WORDS; i++) {
            shared += Long.bitCount(a[i] & b[i]);
            all += Long.bitCount(a[i] | b[i]);
        }
        return all == 0 ? 0 : (2000 * shared + all) / (2 * all);
    }

    private static int normalUnit(char unit) {
        if (unit >= 'A' && unit <= 'Z') return unit + 32;
        boolean kept = unit >= 128 || (unit >= 'a' && unit <= 'z') || (unit >= '0' && unit <= '9');
        return kept ? unit : ' ';
    }

    private static void setBit(long[] bits, int first, int second, int third) {
        int hash = (0x811c9dc5 ^ first) * 0x01000193;
        hash = (hash ^ second) * 0x01000193;
        hash = (hash ^ third) * 0x01000193;
        int bit = (hash ^ (hash >>> 15)) & 1023;
        bits[bit >>> 6] |= 1L << (bit & 63);
    }
}
