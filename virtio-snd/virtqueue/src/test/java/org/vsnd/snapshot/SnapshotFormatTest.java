// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;

class SnapshotFormatTest {
    private static final Section RATES = new Section("RATE", "rates");
    private static final Section OTHER = new Section("OTHE", "others");

    private interface Reading {
        void read(SnapshotReader in) throws SnapshotException;
    }

    private static SnapshotWriter rates() {
        return new SnapshotWriter(1_000).section(RATES);
    }

    private static SnapshotReader ratesOf(SnapshotWriter out) throws SnapshotException {
        SnapshotReader in = new SnapshotReader(out.finish(), 5_000);
        in.section(RATES);
        return in;
    }

    private static void refused(SnapshotWriter out, Reading reading, String why) throws SnapshotException {
        SnapshotReader in = ratesOf(out);
        assertThatThrownBy(() -> reading.read(in))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("The snapshot is damaged (rates): " + why + ". Take another one.");
    }

    @Test
    @DisplayName("every kind of field is read as it was written; a time is as far from now as it was from then")
    void fieldsAreReadAsWritten() throws SnapshotException {
        SnapshotWriter out = rates();
        out.bool(true)
                .u8(200)
                .choice(TimeBase.VIRTUAL)
                .u16(60_000)
                .i32(-7)
                .i32(-1)
                .i64(Long.MIN_VALUE);
        out.nanos(400).nanos(1_300).text("rates=44100");
        SnapshotReader in = ratesOf(out);
        assertThat(in.bool("b")).isTrue();
        assertThat(in.u8("u8", 200)).isEqualTo(200);
        assertThat(in.choice("choice", TimeBase.values())).isEqualTo(TimeBase.VIRTUAL);
        assertThat(in.u16("u16", 60_000)).isEqualTo(60_000);
        assertThat(in.i32("i32", -7, 0)).isEqualTo(-7);
        assertThat(in.u32("u32", 0, 0xffff_ffffL)).isEqualTo(0xffff_ffffL);
        assertThat(in.any64("i64")).isEqualTo(Long.MIN_VALUE);
        assertThat(in.past("past")).isEqualTo(4_400);
        assertThat(in.nanos("nanos")).isEqualTo(5_300);
        assertThat(in.text("text")).isEqualTo("rates=44100");
        in.end();
    }

    @Test
    void aSnapshotGrowsAsFarAsItMust() throws SnapshotException {
        SnapshotWriter out = rates();
        for (int i = 0; i < 10_000; i++) {
            out.i64(i);
        }
        SnapshotReader in = ratesOf(out);
        for (int i = 0; i < 10_000; i++) {
            assertThat(in.i64("number", i, i)).isEqualTo(i);
        }
        in.end();
    }

    @Test
    void whatIsOutOfItsRangeIsRefused() throws SnapshotException {
        refused(rates().u8(2), in -> in.bool("the flag"), "the flag is 2, not 0..1");
        refused(rates().u8(2), in -> in.choice("the base", TimeBase.values()), "the base is 2, not 0..1");
        refused(rates().i32(-1), in -> in.i32("the number", 0, 5), "the number is -1, not 0..5");
        refused(rates().i64(6), in -> in.i64("the place", 0, 5), "the place is 6, not 0..5");
        refused(rates().nanos(1_001), in -> in.past("it"), "it is 1, not -" + SnapshotReader.LONGEST_NANOS + "..0");
        refused(rates().u16(1).u8(7), in -> in.text("the text"), "the text is 7, not 32..126");
    }

    @Test
    @DisplayName("a section that is shorter or longer than what is read from it is refused")
    void aSectionOfTheWrongLengthIsRefused() throws SnapshotException {
        refused(rates().u16(1), in -> in.any32("the number"), "it ends before the number");
        refused(rates().u16(1), SnapshotReader::end, "it has 2 bytes too many");
        refused(rates().u16(3).i64(0), in -> in.count("items", 9, 3), "there are fewer than 3 items");
        refused(rates().section(OTHER), SnapshotReader::end, "something follows it");
        SnapshotReader in = ratesOf(rates());
        assertThatThrownBy(() -> in.section(OTHER)).hasMessageContaining("(others): it is missing");
    }

    @Test
    void aHeaderThatDoesNotFitIsRefused() {
        byte[] good = rates().u8(1).finish();
        assertThatThrownBy(() -> new SnapshotReader(new byte[3], 0)).hasMessageStartingWith("This is not a snapshot");
        byte[] other = good.clone();
        other[0] = 'x';
        assertThatThrownBy(() -> new SnapshotReader(other, 0)).hasMessageStartingWith("This is not a snapshot");
        byte[] newer = good.clone();
        newer[SnapshotFormat.VERSION_AT]++;
        assertThatThrownBy(() -> new SnapshotReader(newer, 0))
                .hasMessageContaining("format version " + newer[SnapshotFormat.VERSION_AT]);
        assertThatThrownBy(() -> new SnapshotReader(Arrays.copyOf(good, good.length - 1), 0))
                .hasMessageContaining("it should have 9 bytes and has 8");
        byte[] changed = good.clone();
        changed[good.length - 1]++;
        assertThatThrownBy(() -> new SnapshotReader(changed, 0)).hasMessageContaining("its checksum is wrong");
    }

    @Test
    void aSectionHasFourLetters() {
        assertThat(RATES.number()).isEqualTo(0x45544152); // "RATE" from the least significant byte on
        assertThatThrownBy(() -> new Section("FIVES", "five")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherOptionIsNamed() throws SnapshotException {
        SnapshotReader in = ratesOf(rates());
        assertThatThrownBy(() -> in.requireOption("outputs", "1", "2"))
                .hasMessage("The snapshot is of a card with outputs=1, but this one has outputs=2:"
                        + " restore it into a card with the same options.");
    }
}
