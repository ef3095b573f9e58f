// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.ItemCounts;
import org.vsnd.trace.card.PcmState;
import org.vsnd.trace.card.TracedCard;

@DisplayName("What the standard demands of the answer to a control request")
class ControlRulesTest {
    private final StreamMap map = new StreamMap(List.of(true, false));
    private final List<StreamShadow> streams = List.of(new StreamShadow(0, map), new StreamShadow(1, map));
    private boolean acceptedControls;
    private final ControlRules rules = new ControlRules(
            streams,
            new TracedCard(EditedTrace.of("boot_probe").trace()),
            new ItemCounts(0, 2, 4),
            () -> acceptedControls);

    private static ChainExchange request(String hex, int replyBytes) {
        TraceStep.Avail avail = new TraceStep.Avail(0, "test", 0, 0, 0, 0, Optional.empty(), List.of());
        return new ChainExchange(1, avail, HexFormat.of().parseHex(hex), false, replyBytes, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "00010000 00000000 02000000 20000000, 68, true, the items are there",
        "00010000 01000000 02000000 20000000, 68, false, asks for items 1 to 3 of 2",
        "00010000 00000000 02000000 20000000, 67, false, does not fit",
        "00010000 00000000 02000000, 68, false, shorter than its structure",
        "00020000 00000000 02000000 18000000, 52, true, the items are there",
        "01000000 00000000 01000000 18000000, 52, false, of 0",
        "01000000 00000000 00000000 18000000, 4, true, the items are there",
        "00030000 00000000 01000000 60000000, 100, false, VIRTIO_SND_F_CTLS",
        "02030000 00000000, 516, false, VIRTIO_SND_F_CTLS",
        "0100, 4, false, without a code",
        "99990000, 4, false, not supported",
        "02000000 00000000, 4, false, not supported",
        "01010000 00000000 00000100 00000100 00000000 02050700, 4, true, allowed in state INITIAL",
        "01010000 02000000 00000100 00000100 00000000 02050700, 4, false, no such stream",
        "01010000 00000000 00000100 00000100 01000000 02050700, 4, false, no stream features",
        "01010000 00000000 00000100 00000100 00000000 02180700, 4, false, not offered",
        "01010000 00000000 00000100 00000100 00000000 02052000, 4, false, not offered",
        "01010000 00000000 00000100 00000100 00000000 03050700, 4, false, not offered",
        "01010000 00000000 00000100 00000000 00000000 02050700, 4, false, whole periods",
        "01010000 00000000 01000100 00000100 00000000 02050700, 4, false, whole periods",
        "01010000 00000000 03000000 03000000 00000000 02050700, 4, false, whole periods",
        "01010000 00000000 00000100, 4, false, shorter than its structure",
        "02010000 00000000, 4, false, not allowed in state INITIAL",
        "02010000, 4, false, shorter than its structure",
    })
    @DisplayName("follows from the request and the stream's state")
    void followsFromTheRequest(String hex, int replyBytes, boolean ok, String rule) {
        ExpectedStatus demand = rules.demand(request(hex.replace(" ", ""), replyBytes));
        assertThat(demand.ok()).isEqualTo(ok);
        assertThat(demand.rule()).contains(rule);
        assertThat(demand.accepts(SndWire.S_OK)).isEqualTo(ok);
        assertThat(demand.accepts(SndWire.S_BAD_MSG)).isEqualTo(!ok);
        assertThat(demand.accepts(0)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "00030000 00000000 04000000 60000000, 388, true, false, the items are there",
        "00030000 01000000 04000000 60000000, 388, false, true, asks for items 1 to 5 of 4",
        "02030000 03000000, 516, true, true, the card's to say",
        "02030000 04000000, 516, false, true, no such control element",
        "06030000 00000000, 4, true, true, the card's to say",
        "03030000, 4, false, true, shorter than its structure",
        "07030000 00000000, 4, false, true, not supported",
    })
    @DisplayName("of control elements follows from how many there are, once they are accepted")
    void elements(String hex, int replyBytes, boolean ok, boolean error, String rule) {
        acceptedControls = true;
        ExpectedStatus demand = rules.demand(request(hex.replace(" ", ""), replyBytes));
        assertThat(demand.rule()).contains(rule);
        assertThat(demand.accepts(SndWire.S_OK)).isEqualTo(ok);
        assertThat(demand.accepts(SndWire.S_NOT_SUPP)).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource({
        "INITIAL, 1",
        "SET_PARAMS, 12",
        "PREPARED, 1234",
        "STARTED, 5",
        "STOPPED, 34",
        "RELEASED, 12",
    })
    @DisplayName("follows the table of transitions")
    void followsTheTable(PcmState state, String allowed) { // by the last digit of their codes
        StreamShadow stream = streams.get(0);
        ChainExchange params = request("010100000000000000000100000001000000000002050700", 4);
        List<Integer> way = switch (state) {
            case INITIAL -> List.of();
            case SET_PARAMS -> List.of(0x101);
            case PREPARED -> List.of(0x101, 0x102);
            case STARTED -> List.of(0x101, 0x102, 0x104);
            case STOPPED -> List.of(0x101, 0x102, 0x104, 0x105);
            case RELEASED -> List.of(0x101, 0x102, 0x103);
        };
        way.forEach(code -> stream.granted(code, params));
        assertThat(stream.state()).isEqualTo(state);
        for (int code = SndWire.R_PCM_SET_PARAMS; code <= SndWire.R_PCM_STOP; code++) {
            boolean forgiven = state == PcmState.STOPPED
                    ? code <= SndWire.R_PCM_PREPARE
                    : state == PcmState.RELEASED && code == SndWire.R_PCM_RELEASE;
            assertThat(stream.state().isForgiven(code)).isEqualTo(forgiven);
            assertThat(stream.state().allows(code))
                    .as("%x in %s", code, state)
                    .isEqualTo(allowed.contains("" + (code & 0xf)));
        }
    }
}
