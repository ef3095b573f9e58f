// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds our layouts against offsets that a C compiler made from Linux's virtio_snd.h ({@code layouts.txt}). */
class LayoutTest {
    private static final Pattern FIELD = Pattern.compile("(\\S+)\\s+(\\S+)\\s+off=(\\d+) size=(\\d+)");
    private static final Pattern TOTAL = Pattern.compile("(\\S+)\\s+TOTAL (\\d+) .*");

    private final Map<String, Integer> offsets = new HashMap<>();

    LayoutTest() throws IOException {
        try (InputStream in = LayoutTest.class.getResourceAsStream("layouts.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : text.lines().toList()) {
                Matcher field = FIELD.matcher(line);
                Matcher total = TOTAL.matcher(line);
                if (field.matches()) {
                    offsets.put(field.group(1) + "." + field.group(2), Integer.valueOf(field.group(3)));
                } else if (total.matches()) {
                    offsets.put(total.group(1), Integer.valueOf(total.group(2)));
                }
            }
        }
    }

    @Test
    void lengthsAreTheCompilers() {
        assertThat(QueryInfo.LENGTH).isEqualTo(offsets.get("qi"));
        assertThat(PcmHeader.LENGTH).isEqualTo(offsets.get("ph"));
        assertThat(PcmSetParams.LENGTH).isEqualTo(offsets.get("sp"));
        assertThat(StreamInfo.LENGTH).isEqualTo(offsets.get("pi_"));
        assertThat(ChannelMap.LENGTH).isEqualTo(offsets.get("ci"));
        assertThat(PcmXfer.LENGTH).isEqualTo(offsets.get("xf"));
        assertThat(PcmStatus.LENGTH).isEqualTo(offsets.get("st"));
        assertThat(PcmHeader.STREAM_ID).isEqualTo(offsets.get("ph.stream_id"));
        assertThat(PcmStatus.STATUS).isEqualTo(offsets.get("st.status"));
        assertThat(PcmStatus.LATENCY_BYTES).isEqualTo(offsets.get("st.latency_bytes"));
    }

    @Test
    void queriesAreDecodedWhereTheCompilerPutsThem() {
        ByteBuffer le = le(QueryInfo.LENGTH);
        le.putInt(offsets.get("qi.start_id"), -2);
        le.putInt(offsets.get("qi.count"), 3);
        le.putInt(offsets.get("qi.size"), 32);
        assertThat(QueryInfo.decode(le)).isEqualTo(new QueryInfo(0xffff_fffeL, 3, 32));
    }

    @Test
    void parametersAreDecodedWhereTheCompilerPutsThem() {
        ByteBuffer le = le(PcmSetParams.LENGTH);
        le.putInt(offsets.get("sp.buffer_bytes"), 0xffff_ff00);
        le.putInt(offsets.get("sp.period_bytes"), 4096);
        le.putInt(offsets.get("sp.features"), 16);
        le.put(offsets.get("sp.channels"), (byte) 200);
        le.put(offsets.get("sp.format"), (byte) 255);
        le.put(offsets.get("sp.rate"), (byte) 7);
        le.put(offsets.get("sp.padding"), (byte) 255); // SND-42
        assertThat(PcmSetParams.decode(le)).isEqualTo(new PcmSetParams(0xffff_ff00L, 4096, 16, 200, 255, 7));
    }

    @Test
    void streamsAreEncodedWhereTheCompilerPutsThem() {
        ByteBuffer le = le(StreamInfo.LENGTH);
        new StreamInfo(9, 1, 0x1122334455L, 0x99, 1, 18).encode(le);
        assertThat(le.getInt(0)).isEqualTo(9);
        assertThat(le.getInt(offsets.get("pi_.features"))).isZero();
        assertThat(le.getLong(offsets.get("pi_.formats"))).isEqualTo(0x1122334455L);
        assertThat(le.getLong(offsets.get("pi_.rates"))).isEqualTo(0x99);
        assertThat(le.get(offsets.get("pi_.direction"))).isEqualTo((byte) 1);
        assertThat(le.get(offsets.get("pi_.channels_min"))).isEqualTo((byte) 1);
        assertThat(le.get(offsets.get("pi_.channels_max"))).isEqualTo((byte) 18);
    }

    @Test
    @Tag("SND-20")
    @Tag("SND-21")
    void jacksAreEncodedWhereTheCompilerPutsThem() {
        ByteBuffer le = le(JackInfo.LENGTH);
        new JackInfo("mic:input0", JackKind.MIC, 9, 2, 3, true, true, null).encode(le, 4, 5, true);
        assertThat(le.getInt(offsets.get("ji.hdr"))).isEqualTo(9);
        assertThat(le.getInt(offsets.get("ji.features"))).isOne();
        assertThat(le.getInt(offsets.get("ji.hda_reg_defconf"))).isEqualTo(0x02a19045);
        assertThat(le.getInt(offsets.get("ji.hda_reg_caps"))).isEqualTo(0x24);
        assertThat(le.get(offsets.get("ji.connected"))).isEqualTo((byte) 1);
        assertThat(le.getInt(offsets.get("ji.padding"))).isZero();
        assertThat(le.getInt(offsets.get("ji.padding") + 3)).isZero();
    }

    @Test
    void remapsAreDecodedWhereTheCompilerPutsThem() {
        ByteBuffer le = le(JackRemap.LENGTH);
        le.putInt(offsets.get("jh.jack_id"), -1);
        le.putInt(offsets.get("jr.association"), 2);
        le.putInt(offsets.get("jr.sequence"), -3);
        assertThat(JackRemap.decode(le)).isEqualTo(new JackRemap(0xffff_ffffL, 2, 0xffff_fffdL));
    }

    @Test
    void eventsAreWhereTheCompilerPutsThem() {
        assertThat(SndEvent.LENGTH).isEqualTo(8);
        assertThat(offsets.get("ev.hdr")).isEqualTo(SndEvent.CODE);
        assertThat(offsets.get("ev.data")).isEqualTo(SndEvent.DATA);
    }

    @Test
    void channelMapsAreEncodedWhereTheCompilerPutsThem() {
        ByteBuffer le = le(ChannelMap.LENGTH);
        new ChannelMap(7, 1, List.of(3, 4)).encode(le);
        assertThat(le.getInt(0)).isEqualTo(7);
        assertThat(le.get(offsets.get("ci.direction"))).isEqualTo((byte) 1);
        assertThat(le.get(offsets.get("ci.channels"))).isEqualTo((byte) 2);
        assertThat(le.get(offsets.get("ci.positions"))).isEqualTo((byte) 3);
        assertThat(le.get(offsets.get("ci.positions") + 1)).isEqualTo((byte) 4);
    }

    private static ByteBuffer le(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
