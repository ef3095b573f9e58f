// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.ControlReply;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

@DisplayName("Control requests")
class ControlMessageTest {
    /** Little on offer, so that answers are short and there is something to refuse. */
    private static final Map<String, String> LEAN =
            Map.of("formats", "S16,S32,FLOAT", "rates", "44100,48000", "channels", "1-2", "chmaps", "FL+FR");

    private static Map<String, String> lean(String option, String value) {
        Map<String, String> options = new HashMap<>(LEAN);
        options.put(option, value);
        return options;
    }

    /** Two streams as the defaults describe them: nid, features, formats, rates, direction, channels, padding. */
    private static final byte[] PCM_INFO_GOLDEN = hex("00800000"
            + "00000000 00000000 20000a0000000000 c000000000000000 00 01 02 0000000000"
            + "00000000 00000000 20000a0000000000 c000000000000000 01 01 02 0000000000");

    private static final byte[] CHMAP_INFO_GOLDEN = hex("00800000"
            + "00000000 00 02 03 04 00000000 00000000 00000000 00000000"
            + "00000000 01 02 03 04 00000000 00000000 00000000 00000000");

    private static byte[] hex(String text) {
        String digits = text.replace(" ", "");
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    private static byte[] all(ControlReply reply) {
        return reply.bytes().array();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("SND-10")
    @Tag("SND-11")
    @Tag("SND-13")
    @Tag("SND-30")
    @Tag("SND-31")
    @Tag("SND-32")
    @Tag("SND-33")
    @Tag("SND-34")
    @Tag("SND-85")
    @Tag("SND-86")
    @Tag("SND-87")
    @Tag("SND-88")
    @DisplayName("of every kind are answered with golden bytes")
    void areAnsweredWithGoldenBytes(HostKind kind) {
        try (Machine machine = kind.open(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            ControlReply pcm = driver.info(SndWire.R_PCM_INFO, 0, 2, 32, 68);
            assertThat(all(pcm)).isEqualTo(PCM_INFO_GOLDEN);
            assertThat(pcm.usedLength()).isEqualTo(68);
            ControlReply chmap = driver.info(SndWire.R_CHMAP_INFO, 0, 2, 24, 52);
            assertThat(all(chmap)).isEqualTo(CHMAP_INFO_GOLDEN);
            assertThat(chmap.usedLength()).isEqualTo(52);
            byte[] ok = hex("00800000");
            assertThat(all(driver.control(hex("01010000 00000000 00000100 00000100 00000000 02 05 07 00"), 4)))
                    .as("Haiku's SET_PARAMS")
                    .isEqualTo(ok);
            assertThat(all(driver.control(hex("02010000 00000000"), 4))).isEqualTo(ok);
            assertThat(all(driver.control(hex("04010000 00000000"), 4))).isEqualTo(ok);
            assertThat(all(driver.control(hex("05010000 00000000"), 4))).isEqualTo(ok);
            assertThat(all(driver.control(hex("03010000 00000000"), 4))).isEqualTo(ok);
            assertThat(all(driver.info(SndWire.R_PCM_INFO, 0, 2, 32, 68)))
                    .as("SND-34: never changes")
                    .isEqualTo(PCM_INFO_GOLDEN);
        }
    }

    @Test
    @DisplayName("of kinds that are not there are NOT_SUPP (SND-06, SND-12)")
    void unknownRequestsAreNotSupported() {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            for (int code : new int[] {0, 3, 0x106, 0x201, 0x300, 0x306, 0x1000, 0x8000, -1}) {
                ControlReply reply = driver.control(SoundDriver.words(code, 0, 0, 0), 4);
                assertThat(reply.status()).as("code %x", code).isEqualTo(SndWire.S_NOT_SUPP);
                assertThat(reply.usedLength()).isEqualTo(4);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("may be cut into buffers of any size (SND-14)")
    void mayBeCutAnywhere(boolean indirect) {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.PLAIN.withRing(indirect, indirect));
            byte[] request = SoundDriver.words(SndWire.R_PCM_INFO, 0, 2, 32);
            Random random = new Random(14);
            for (int round = 0; round < 200; round++) {
                int most = indirect ? 20 : 6;
                ControlReply reply = driver.control(
                        request,
                        cut(request.length, 1 + random.nextInt(most), random),
                        68,
                        cut(68, 1 + random.nextInt(most), random));
                assertThat(all(reply)).isEqualTo(PCM_INFO_GOLDEN);
                assertThat(reply.usedLength()).isEqualTo(68);
            }
            int[] ones = new int[16];
            Arrays.fill(ones, 1);
            int[] replyOnes = new int[indirect ? 68 : 17];
            Arrays.fill(replyOnes, indirect ? 1 : 4);
            assertThat(all(driver.control(request, ones, 68, replyOnes))).isEqualTo(PCM_INFO_GOLDEN);
            // a header and its payload in one buffer with room to spare, as Haiku's 3 descriptors
            assertThat(all(driver.control(request, new int[] {16}, 68, new int[] {4, 64})))
                    .isEqualTo(PCM_INFO_GOLDEN);
        }
    }

    private static int[] cut(int length, int pieces, Random random) {
        int count = Math.min(pieces, length);
        if (count == 1) {
            return new int[] {length};
        }
        int[] cuts =
                random.ints(1, length).distinct().limit(count - 1L).sorted().toArray();
        int[] lengths = new int[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = i == count - 1 ? length : cuts[i];
            lengths[i] = to - from;
            from = to;
        }
        return lengths;
    }

    @Test
    @DisplayName("for information beyond the last item are BAD_MSG, in 64-bit arithmetic (SND-15)")
    void infoBeyondTheLastItemIsBadMessage() {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            int[][] ranges = {{0, 3}, {2, 1}, {1, 2}, {-1, 2}, {-1, 1}, {1, -1}, {0x7fffffff, 0x7fffffff}};
            for (int code : new int[] {SndWire.R_PCM_INFO, SndWire.R_CHMAP_INFO, SndWire.R_JACK_INFO}) {
                for (int[] range : ranges) {
                    ControlReply reply = driver.info(code, range[0], range[1], 32, 4 + 4 * 32);
                    assertThat(reply.status())
                            .as("%x %s", code, Arrays.toString(range))
                            .isEqualTo(SndWire.S_BAD_MSG);
                    assertThat(reply.usedLength()).isEqualTo(4);
                }
                assertThat(driver.info(code, 0, 0, 32, 4).status()).as("SND-18").isEqualTo(SndWire.S_OK);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 28, 32, 48})
    @DisplayName("for information are answered at the driver's stride (SND-16)")
    void infoHasTheDriversStride(int size) {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            ControlReply reply = driver.info(SndWire.R_PCM_INFO, 0, 2, size, 4 + 2 * size);
            assertThat(reply.status()).isEqualTo(SndWire.S_OK);
            assertThat(reply.usedLength()).isEqualTo(4 + 2 * size);
            for (int item = 0; item < 2; item++) {
                byte[] expected =
                        Arrays.copyOf(Arrays.copyOfRange(PCM_INFO_GOLDEN, 4 + 32 * item, 36 + 32 * item), size);
                assertThat(Arrays.copyOfRange(all(reply), 4 + item * size, 4 + (item + 1) * size))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("without room for the answer are BAD_MSG, without room for a status come back empty (SND-12, SND-17)")
    void withoutRoomAreBadMessage() {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            for (int room : new int[] {4, 5, 36, 67}) {
                ControlReply reply = driver.info(SndWire.R_PCM_INFO, 0, 2, 32, room);
                assertThat(reply.status()).isEqualTo(SndWire.S_BAD_MSG);
                assertThat(reply.usedLength()).isEqualTo(4);
            }
            assertThat(driver.info(SndWire.R_PCM_INFO, 0, 0x1000_0000, 32, 4).status())
                    .isEqualTo(SndWire.S_BAD_MSG);
            assertThat(driver.info(SndWire.R_PCM_INFO, 0, 2, -1, 68).status()).isEqualTo(SndWire.S_BAD_MSG);
            for (int room : new int[] {1, 2, 3}) {
                ControlReply reply = driver.info(SndWire.R_PCM_INFO, 0, 2, 32, room);
                assertThat(reply.usedLength()).isZero();
                assertThat(all(reply)).containsOnly(0xff);
            }
            for (int code : new int[] {SndWire.R_PCM_INFO, SndWire.R_PCM_SET_PARAMS, SndWire.R_PCM_PREPARE}) {
                byte[] request = SoundDriver.words(code, 0, 0, 0, 0, 0);
                int needed = code == SndWire.R_PCM_PREPARE ? 8 : code == SndWire.R_PCM_INFO ? 16 : 24;
                for (int length = 1; length < needed; length++) {
                    assertThat(driver.control(Arrays.copyOf(request, length), 68)
                                    .status())
                            .as("code %x, %d bytes", code, length)
                            .isEqualTo(SndWire.S_BAD_MSG);
                }
            }
        }
    }

    @Test
    @DisplayName("JACK_INFO of a card without jacks is an empty answer or BAD_MSG")
    void jackInfoWithoutJacks() {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(driver.info(SndWire.R_JACK_INFO, 0, 0, 24, 4).status()).isEqualTo(SndWire.S_OK);
            assertThat(driver.info(SndWire.R_JACK_INFO, 0, 1, 24, 28).status()).isEqualTo(SndWire.S_BAD_MSG);
        }
    }

    @Test
    @DisplayName("describe what the operator asked for, within the specification's values (SND-30, SND-31, SND-32)")
    void describeTheOptions() {
        Map<String, String> options = Map.of(
                "outputs", "3", "inputs", "2", "formats", "U8,S16,FLOAT64", "rates", "8000,192000", "channels", "1-8");
        try (Machine machine = VirtualMachine.guarded(options)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            List<PcmInfo> infos = driver.pcmInfo();
            assertThat(infos).hasSize(5);
            for (PcmInfo info : infos) {
                assertThat(info.formats()).isEqualTo(1L << 4 | 1L << 5 | 1L << 20);
                assertThat(info.rates()).isEqualTo(1L << 1 | 1L << 12);
                assertThat(info.channelsMin()).isEqualTo(1);
                assertThat(info.channelsMax()).isEqualTo(8);
                assertThat(info.features()).isZero();
                assertThat(info.padding()).isZero();
            }
            assertThat(infos.stream().map(PcmInfo::isOutput)).containsExactly(true, true, true, false, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    @Tag("SND-41")
    @Tag("SND-42")
    @Tag("SND-43")
    @Tag("SND-44")
    @DisplayName("SET_PARAMS checks every field, and a failure changes nothing")
    void setParamsChecksEveryField(String strict) {
        int oddPeriod = strict.equals("on") ? SndWire.S_BAD_MSG : SndWire.S_OK;
        try (VirtualMachine machine = VirtualMachine.guarded(lean("strict", strict))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(driver.setParams(0, StreamSetup.s16At48k(480, 1920))).isEqualTo(SndWire.S_OK);
            Object[][] cases = {
                {2, 4096, 1024, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {-1, 4096, 1024, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 4096, 0, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 0, 1024, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 4097, 1024, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 4096, 1022, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 1022 * 4, 1022, 0, 2, 5, 7, oddPeriod},
                {0, 1024, 4096, 0, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 4096, 1024, 0, 0, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 4, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 255, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 2, 20, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 2, 69, 7, SndWire.S_NOT_SUPP}, // 64 + S16
                {0, 4096, 1024, 0, 2, 255, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 2, 5, 10, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 2, 5, 71, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0, 2, 5, 255, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 1, 2, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 4, 2, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 16, 2, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 0x8000_0000, 2, 5, 7, SndWire.S_NOT_SUPP},
                {0, 4096, 1024, 3, 2, 5, 7, SndWire.S_BAD_MSG},
                {0, 0xffff_ff00, 0x100, 0, 2, 5, 7, SndWire.S_NOT_SUPP},
            };
            for (Object[] c : cases) {
                byte[] request = SoundDriver.setParamsRequest(
                        (int) c[0], (int) c[1], (int) c[2], (int) c[3], (int) c[4], (int) c[5], (int) c[6]);
                assertThat(driver.control(request, 4).status())
                        .as(Arrays.toString(c))
                        .isEqualTo(c[7]);
            }
            driver.commandOk(SndWire.R_PCM_PREPARE, 0);
            assertThat(machine.tape().sink().params().rateHz()).as("SND-43").isEqualTo(48000);
            byte[] padded = SoundDriver.setParamsRequest(0, 4096, 1024, 0, 1, 17, 6);
            padded[23] = (byte) 0xff;
            assertThat(driver.control(padded, 4).status()).as("SND-42").isEqualTo(SndWire.S_OK);
            driver.commandOk(SndWire.R_PCM_PREPARE, 0);
            assertThat(machine.tape().sink().params().rateHz()).isEqualTo(44100);
            assertThat(machine.tape().sink().params().channels()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("of random content are each answered exactly once, and the card lives on (SND-12)")
    void randomRequestsAreAnswered() {
        try (Machine machine = VirtualMachine.guarded(LEAN)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            Random random = new Random(20261122);
            int[] codes = {1, 2, 0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x200, 0x300, 0x301, 0x303, 0x306};
            for (int round = 0; round < 20_000; round++) {
                int length = 1 + random.nextInt(40);
                ByteBuffer request = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
                for (int word = 0; word < 10; word++) {
                    request.putInt(4 * word, random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(4) * 1024);
                }
                request.putInt(0, codes[random.nextInt(codes.length)]);
                request.putInt(4, random.nextInt(3));
                int room = random.nextInt(80) + 1;
                byte[] bytes = Arrays.copyOf(request.array(), length);
                ControlReply reply = driver.control(
                        bytes,
                        cut(length, 1 + random.nextInt(5), random),
                        room,
                        cut(room, 1 + random.nextInt(5), random));
                if (room < 4) {
                    assertThat(reply.usedLength()).isZero();
                } else {
                    assertThat(reply.status()).isBetween(SndWire.S_OK, SndWire.S_IO_ERR);
                    for (byte unused : reply.unused()) {
                        assertThat(unused).isEqualTo((byte) 0xff);
                    }
                }
            }
            driver.start();
            assertThat(all(driver.info(SndWire.R_PCM_INFO, 0, 2, 32, 68))).isEqualTo(PCM_INFO_GOLDEN);
        }
    }
}
