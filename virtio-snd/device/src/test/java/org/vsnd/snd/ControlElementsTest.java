// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_BAD_MSG;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_NOT_SUPP;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.HostVolume;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;
import org.vsnd.virtio.VirtioFeatures;

@DisplayName("Control elements")
class ControlElementsTest {
    private static final int CTL_INFO = 0x300;
    private static final int ENUM_ITEMS = 0x301;
    private static final int READ = 0x302;
    private static final int WRITE = 0x303;
    private static final int TLV_READ = 0x304;
    private static final int TLV_WRITE = 0x305;
    private static final int TLV_COMMAND = 0x306;

    private static final int VOLUME = 0;
    private static final int SWITCH = 1;
    private static final int CAPTURE_VOLUME = 2;
    private static final int SOURCE = 4;
    private static final int WIDE = 5;
    private static final int BYTES = 6;
    private static final int DIGITAL = 7;
    private static final int READ_ONLY = 8;
    private static final int WRITE_ONLY = 9;
    private static final int COUNT = 10;

    private static final int ALL_RIGHTS = 0x73;
    private static final int PERIOD = 480;

    /** One element of each further kind. */
    private static final List<ControlInfo> OTHERS = List.of(
            info(new ControlType.EnumeratedType(List.of("Mic", "Line In", "Monitor")), 3, 1, "Capture Source", null),
            info(new ControlType.Integer64Type(-10, 1L << 40, 5), 3, 2, "Wide", null),
            info(new ControlType.BytesType(), ALL_RIGHTS, 512, "Firmware", new ControlTlv(77, List.of(1, 2, 3, 4))),
            info(new ControlType.Iec958Type(), 3, 1, "IEC958 Playback Default", null),
            info(new ControlType.IntegerType(-3, 3, 0), 1, 1, "Read", null),
            info(new ControlType.BooleanType(), 2, 1, "Write", null));

    private final Rig rig = rig();

    private static ControlInfo info(ControlType type, int access, int count, String name, ControlTlv tlv) {
        return new ControlInfo(0, 0, 0, type, access, count, 0, name, 0, tlv);
    }

    private static SoundConfig config() {
        List<EnumSet<StreamControl>> both =
                List.of(EnumSet.allOf(StreamControl.class), EnumSet.allOf(StreamControl.class));
        return Rig.config(ExchangeRule.MULTI)
                .withControls(new SoundControls(List.copyOf(both), OTHERS, VolumeRule.CARD));
    }

    private static Rig rig() {
        return new Rig(config(), TimeBase.WALL, new RecordingBackend());
    }

    private static byte[] words(int... words) {
        ByteBuffer request = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            request.putInt(word);
        }
        return request.array();
    }

    private static byte[] join(byte[] header, byte[] payload) {
        byte[] both = Arrays.copyOf(header, header.length + payload.length);
        System.arraycopy(payload, 0, both, header.length, payload.length);
        return both;
    }

    /** Some buffers for events. */
    private static void offerEvents(Rig rig, int count) {
        for (int i = 0; i < count; i++) {
            rig.submit(1, 1000 + i, new byte[0], 8);
        }
        rig.kick(1);
    }

    /** Events heard so far: id and mask. */
    private static List<String> notifications(Rig rig) {
        List<String> heard = new ArrayList<>();
        for (Rig.Done done : rig.done) {
            if (done.tag() >= 1000 && done.tag() < 2000) {
                assertThat(done.status()).isEqualTo(0x1200);
                assertThat(done.usedBytes()).isEqualTo(8);
                heard.add((done.latencyBytes() & 0xffff) + ":" + (done.latencyBytes() >> 16));
            }
        }
        return heard;
    }

    private static int write(Rig rig, int id, int... members) {
        return rig.control(join(words(WRITE, id), words(members)), 4).getInt(0);
    }

    private static List<Integer> read(Rig rig, int id, int members) {
        ByteBuffer reply = rig.control(words(READ, id), 516);
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            values.add(reply.getInt(4 + 4 * i));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {96, 92})
    @Tag("SND-10")
    @Tag("SND-90")
    @Tag("SND-91")
    @Tag("SND-92")
    @Tag("SND-93")
    @Tag("SND-94")
    @Tag("SND-95")
    @DisplayName("are described in the layout whose size the driver gives")
    void areDescribedInBothLayouts(int size) {
        ByteBuffer reply = rig.control(words(CTL_INFO, 0, COUNT, size), 4 + COUNT * size);
        int at = size == 96 ? 72 : 68;
        List<String> seen = new ArrayList<>();
        for (int id = 0; id < COUNT; id++) {
            ByteBuffer info = reply.slice(4 + id * size, size).order(ByteOrder.LITTLE_ENDIAN);
            byte[] name = new byte[44];
            info.get(24, name);
            String value = switch (info.getInt(8)) {
                case 0, 1 -> info.getInt(at) + ".." + info.getInt(at + 4) + "/" + info.getInt(at + 8);
                case 2 -> info.getLong(at) + ".." + info.getLong(at + 8) + "/" + info.getLong(at + 16);
                case 3 -> info.getInt(at) + " items";
                default -> info.getLong(at) + "";
            };
            seen.add(String.join(
                    " ",
                    new String(name, StandardCharsets.US_ASCII).replace("\0", ""),
                    "nid=" + info.getInt(0),
                    "role=" + info.getInt(4),
                    "type=" + info.getInt(8),
                    "access=" + Integer.toHexString(info.getInt(12)),
                    "count=" + info.getInt(16),
                    "index=" + info.getInt(20),
                    value));
        }
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done.get(0).usedBytes()).isEqualTo(4 + COUNT * size);
        assertThat(seen)
                .containsExactly(
                        "Master Playback Volume nid=0 role=2 type=1 access=13 count=2 index=0 0..120/1",
                        "Master Playback Switch nid=0 role=4 type=0 access=3 count=2 index=0 0..1/1",
                        "Capture Volume nid=0 role=3 type=1 access=13 count=2 index=0 0..120/1",
                        "Capture Switch nid=0 role=5 type=0 access=3 count=2 index=0 0..1/1",
                        "Capture Source nid=0 role=0 type=3 access=3 count=1 index=0 3 items",
                        "Wide nid=0 role=0 type=2 access=3 count=2 index=0 -10..1099511627776/5",
                        "Firmware nid=0 role=0 type=4 access=73 count=512 index=0 0",
                        "IEC958 Playback Default nid=0 role=0 type=5 access=3 count=1 index=0 0",
                        "Read nid=0 role=0 type=1 access=1 count=1 index=0 -3..3/0",
                        "Write nid=0 role=0 type=0 access=2 count=1 index=0 0..1/1");
    }

    @Test
    @DisplayName("of several outputs are numbered, and have the name of a part")
    void severalOutputsAreNumbered() {
        List<StreamInfo> three = List.of(
                new StreamInfo(0, 0, 1 << 5, 1 << 7, 1, 2),
                new StreamInfo(1, 0, 1 << 5, 1 << 7, 1, 8),
                new StreamInfo(0, 1, 1 << 5, 1 << 7, 1, 1));
        SoundConfig config = new SoundConfig(three, List.of(), Rig.rules(ExchangeRule.MULTI))
                .withControls(new SoundControls(
                        List.of(EnumSet.of(StreamControl.VOLUME), EnumSet.allOf(StreamControl.class)),
                        List.of(),
                        VolumeRule.CARD));
        Rig several = new Rig(config, TimeBase.WALL, new RecordingBackend());
        ByteBuffer reply = several.control(words(CTL_INFO, 0, 3, 96), 4 + 3 * 96);
        List<String> seen = new ArrayList<>();
        for (int at = 4; at < reply.limit(); at += 96) {
            byte[] name = new byte[44];
            reply.get(at + 24, name);
            seen.add(new String(name, StandardCharsets.US_ASCII).replace("\0", "") + "," + reply.getInt(at + 20)
                    + " of " + reply.getInt(at) + " x" + reply.getInt(at + 16));
        }
        assertThat(seen)
                .containsExactly(
                        "PCM Playback Volume,0 of 0 x2",
                        "PCM Playback Volume,1 of 1 x8",
                        "PCM Playback Switch,1 of 1 x8");
        several.device.setVolume(2, -6);
        several.device.setMuted(0, true);
        assertThat(several.device.level(2).decibels()).containsExactly(-6.0);
        assertThat(several.device.level(0).muted())
                .as("what is not offered the host can still change")
                .isTrue();
    }

    @Test
    @Tag("SND-05")
    @Tag("SND-06")
    @DisplayName("are not there for a driver that has not negotiated them")
    void areNotThereUnlessNegotiated() {
        assertThat(rig.device.deviceFeatures()).isEqualTo(1);
        assertThat(rig.device.readConfig(12)).isEqualTo(COUNT);
        offerEvents(rig, 4);
        rig.device.reset();
        rig.device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1);
        for (int code = CTL_INFO; code <= TLV_COMMAND; code++) {
            assertThat(rig.control(code, 0, 0, 0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        }
        rig.device.setMuted(0, true);
        assertThat(notifications(rig)).isEmpty();
        Rig without = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
        assertThat(without.device.deviceFeatures()).isZero();
        assertThat(without.device.readConfig(12)).isZero();
    }

    @Test
    @Tag("SND-96")
    @DisplayName("that are enumerations say their items")
    void enumerationsHaveItems() {
        ByteBuffer reply = rig.control(words(ENUM_ITEMS, SOURCE), 4 + 3 * 64);
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done.get(0).usedBytes()).isEqualTo(4 + 3 * 64);
        byte[] names = new byte[3 * 64];
        reply.get(4, names);
        assertThat(new String(names, StandardCharsets.US_ASCII).replaceAll("\0+", ","))
                .isEqualTo("Mic,Line In,Monitor,");
        assertThat(rig.control(words(ENUM_ITEMS, SOURCE), 4 + 3 * 64 - 1).getInt(0))
                .isEqualTo(VIRTIO_SND_S_BAD_MSG);
        assertThat(rig.control(words(ENUM_ITEMS, VOLUME), 516).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
    }

    @Test
    @Tag("SND-97")
    @Tag("SND-98")
    @DisplayName("have a value that can be read and written, with as much room as its members need")
    void valuesAreReadAndWritten() {
        assertThat(read(rig, VOLUME, 3)).containsExactly(120, 120, 0);
        assertThat(write(rig, VOLUME, 7, 120)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(read(rig, VOLUME, 2)).containsExactly(7, 120);
        assertThat(rig.control(join(words(WRITE, VOLUME), new byte[512]), 4).getInt(0))
                .isEqualTo(VIRTIO_SND_S_OK);
        assertThat(read(rig, VOLUME, 2)).containsExactly(0, 0);
        ByteBuffer tight = rig.control(words(READ, VOLUME), 12);
        assertThat(tight.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.done.get(0).usedBytes()).isEqualTo(12);
        assertThat(rig.control(words(READ, VOLUME), 11).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        assertThat(write(rig, VOLUME, 7)).as("one member of two").isEqualTo(VIRTIO_SND_S_BAD_MSG);
        rig.control(words(READ, VOLUME), 516);
        assertThat(rig.done.get(rig.done.size() - 1).usedBytes()).isEqualTo(516);
    }

    @ParameterizedTest
    @CsvSource({
        VOLUME + ", 121",
        VOLUME + ", -1",
        SWITCH + ", 2",
        SOURCE + ", 3",
        SOURCE + ", -1",
        WIDE + ", 1",
        DIGITAL + ", 0"
    })
    @Tag("SND-98")
    @DisplayName("refuse what they cannot be, and keep what they are")
    void wrongValuesAreRefused(int id, int value) {
        byte[] before = new byte[512];
        rig.control(words(READ, id), 516).get(4, before);
        assertThat(write(rig, id, 0, value, 0, 0, value))
                .isEqualTo(id == SOURCE ? VIRTIO_SND_S_OK : VIRTIO_SND_S_BAD_MSG);
        assertThat(write(rig, id, value)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        byte[] after = new byte[512];
        rig.control(words(READ, id), 516).get(4, after);
        assertThat(after).isEqualTo(before);
    }

    @Test
    @Tag("SND-97")
    @Tag("SND-98")
    @DisplayName("of 64 bits, of bytes and of a digital interface keep every bit")
    void otherKindsKeepEveryBit() {
        byte[] wide = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(-10)
                .putLong((1L << 40) - 1)
                .array();
        assertThat(rig.control(join(words(WRITE, WIDE), wide), 4).getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        byte[] noise = new byte[512];
        new Random(3).nextBytes(noise);
        assertThat(rig.control(join(words(WRITE, BYTES), noise), 4).getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.control(join(words(WRITE, DIGITAL), Arrays.copyOf(noise, 176)), 4)
                        .getInt(0))
                .isEqualTo(VIRTIO_SND_S_OK);
        byte[] back = new byte[512];
        rig.control(words(READ, WIDE), 516).get(4, back);
        assertThat(back).isEqualTo(Arrays.copyOf(wide, 512));
        rig.control(words(READ, BYTES), 516).get(4, back);
        assertThat(back).isEqualTo(noise);
        rig.control(words(READ, DIGITAL), 516).get(4, back);
        assertThat(back).isEqualTo(Arrays.copyOf(Arrays.copyOf(noise, 176), 512));
    }

    @Test
    @Tag("SND-97")
    @Tag("SND-98")
    @Tag("SND-100")
    @DisplayName("without a right refuse what it is for; those that are not there are bad messages")
    void rightsAreHeld() {
        assertThat(rig.control(words(READ, WRITE_ONLY), 516).getInt(0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        assertThat(write(rig, READ_ONLY, 0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        assertThat(rig.control(words(TLV_READ, SWITCH), 516).getInt(0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        assertThat(rig.control(TLV_WRITE, VOLUME, 1, 0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        assertThat(rig.control(TLV_COMMAND, VOLUME, 1, 0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        for (int code = ENUM_ITEMS; code <= TLV_COMMAND; code++) {
            assertThat(rig.control(words(code, COUNT, 0, 0), 516).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
            assertThat(rig.control(words(code, -1, 0, 0), 516).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
            assertThat(rig.control(Arrays.copyOf(words(code, 0), 7), 516).getInt(0))
                    .isEqualTo(VIRTIO_SND_S_BAD_MSG);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 8, 10, 12, 16, 4096})
    @Tag("SND-99")
    @DisplayName("give as much of their metadata as fits")
    void metadataIsCut(int room) {
        ByteBuffer reply = rig.control(words(TLV_READ, VOLUME), 4 + room);
        byte[] whole = words(1, 8, -6000, 50 | 0x10000);
        int bytes = Math.min(room, whole.length);
        byte[] got = new byte[bytes];
        reply.get(4, got);
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(got).isEqualTo(Arrays.copyOf(whole, bytes));
        assertThat(rig.done.get(0).usedBytes()).isEqualTo(4L + bytes);
    }

    @Test
    @Tag("SND-100")
    @Tag("SND-101")
    @DisplayName("take metadata of up to 64 KiB, and put their own back on command")
    void metadataIsWritten() {
        offerEvents(rig, 4);
        byte[] noise = new byte[65536];
        new Random(9).nextBytes(noise);
        assertThat(rig.control(join(words(TLV_WRITE, BYTES, 5, 65536), noise), 4)
                        .getInt(0))
                .isEqualTo(VIRTIO_SND_S_OK);
        ByteBuffer reply = rig.control(words(TLV_READ, BYTES), 4 + 8 + 65536);
        byte[] back = new byte[65536];
        reply.get(12, back);
        assertThat(back).isEqualTo(noise);
        assertThat(rig.control(TLV_COMMAND, BYTES, 5, 0)).isEqualTo(VIRTIO_SND_S_OK);
        byte[] own = new byte[24];
        rig.control(words(TLV_READ, BYTES), 28).get(4, own);
        assertThat(own).isEqualTo(words(77, 16, 1, 2, 3, 4));
        assertThat(notifications(rig)).containsExactly(BYTES + ":4", BYTES + ":4");
        assertThat(rig.control(TLV_WRITE, BYTES, 6, 4, 99)).isEqualTo(VIRTIO_SND_S_OK);
        rig.control(words(TLV_READ, BYTES), 28).get(4, own);
        assertThat(Arrays.copyOf(own, 12)).as("shorter than before").isEqualTo(words(6, 4, 99));
        assertThat(rig.done.get(rig.done.size() - 1).usedBytes()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "3, 1", "65540, 16385", "-1, 4", "0x7ffffffc, 4", "-4, 4"})
    @Tag("SND-100")
    @DisplayName("refuse metadata whose length is wrong")
    void wrongMetadataIsRefused(String length, int words) {
        for (int code : new int[] {TLV_WRITE, TLV_COMMAND}) {
            byte[] request = join(words(code, BYTES, 1, Integer.decode(length)), new byte[4 * words]);
            assertThat(rig.control(request, 4).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
            assertThat(rig.control(Arrays.copyOf(request, 15), 4).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        }
    }

    @Test
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("tell the guest once of each change of its own, before the answer, and of nothing else")
    void ownChangesAreTold() {
        offerEvents(rig, 8);
        write(rig, VOLUME, 100, 100);
        assertThat(rig.done)
                .extracting(Rig.Done::tag)
                .as("the event comes first")
                .containsExactly(1000, Integer.MAX_VALUE);
        write(rig, VOLUME, 100, 100);
        write(rig, VOLUME, 100, 121);
        write(rig, SWITCH, 1, 1);
        write(rig, SWITCH, 1, 0);
        assertThat(notifications(rig)).containsExactly(VOLUME + ":1", SWITCH + ":1");
    }

    @Test
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("tell the guest what the host changes, once however often it does until there is a buffer")
    void hostChangesAreTold() {
        rig.device.setVolume(0, -10);
        rig.device.setVolume(0, -20);
        rig.device.setMuted(1, true);
        rig.device.setMuted(1, true);
        offerEvents(rig, 8);
        assertThat(notifications(rig)).containsExactly(VOLUME + ":1", (CAPTURE_VOLUME + 1) + ":1");
        assertThat(read(rig, VOLUME, 2)).containsExactly(80, 80);
        assertThat(read(rig, CAPTURE_VOLUME + 1, 2)).containsExactly(0, 0);
        rig.device.setVolume(0, -20.1);
        assertThat(notifications(rig)).as("the same half decibel").hasSize(2);
        assertThat(rig.device.level(0)).isEqualTo(new StreamLevel(List.of(-20.0, -20.0), false));
        assertThat(rig.device.level(1).muted()).isTrue();
        rig.device.setVolume(0, Double.NEGATIVE_INFINITY);
        assertThat(rig.device.level(0).decibels()).containsOnly(Double.NEGATIVE_INFINITY);
        rig.device.setVolume(0, 6);
        assertThat(rig.device.level(0).decibels()).containsOnly(0.0);
    }

    @Test
    @DisplayName("keep their values over a reset, except for a driver that could not undo what a guest has set")
    void valuesOutliveAReset() {
        write(rig, VOLUME, 10, 20);
        rig.device.setMuted(0, true);
        rig.device.reset();
        rig.device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1 | 1);
        assertThat(read(rig, VOLUME, 2)).containsExactly(10, 20);
        rig.device.reset();
        rig.device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1);
        assertThat(rig.device.level(0)).isEqualTo(new StreamLevel(List.of(0.0, 0.0), true));
    }

    private static List<Short> samples(Rig rig) {
        ByteBuffer bytes = ByteBuffer.wrap(rig.backend.played.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        List<Short> samples = new ArrayList<>();
        while (bytes.hasRemaining()) {
            samples.add(bytes.getShort());
        }
        return samples;
    }

    private static void playPeriod(Rig rig) {
        rig.play(0x22, PERIOD * Rig.FRAME);
        rig.thread.advance(10_000_000);
    }

    @Test
    @Tag("SND-98")
    @DisplayName("reach the sound with the next period, in 8 ms, and silence is silence")
    void reachTheSound() {
        rig.prepare(0, 4 * PERIOD, PERIOD);
        rig.start(0);
        playPeriod(rig);
        assertThat(samples(rig)).hasSize(2 * PERIOD).containsOnly((short) 0x2222);
        write(rig, VOLUME, 120, 108); // -6 dB on the right
        write(rig, SWITCH, 0, 1);
        rig.backend.played.reset();
        playPeriod(rig);
        playPeriod(rig);
        List<Short> heard = samples(rig);
        int ramp = 384;
        double right = Math.pow(10, -6 / 20.0);
        for (int frame = 0; frame < 2 * PERIOD; frame++) {
            double left = Math.max(0, ramp - 1 - frame) / (double) ramp;
            assertThat(heard.get(2 * frame)).isEqualTo((short) Math.rint(0x2222 * left));
            assertThat(heard.get(2 * frame + 1)).isEqualTo((short) Math.rint(0x2222 * (right + (1 - right) * left)));
        }
    }

    @Test
    @Tag("SND-98")
    @DisplayName("reach what is recorded")
    void reachTheRecording() {
        rig.device.setMuted(1, true);
        rig.prepare(1, 4 * PERIOD, PERIOD);
        rig.start(1);
        long at = rig.record(5, PERIOD * Rig.FRAME);
        rig.thread.advance(20_000_000);
        assertThat(rig.done(5).status()).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.bytes(at, PERIOD * Rig.FRAME)).containsOnly(0);
    }

    private static Rig tiedRig(boolean hasVolume) {
        List<EnumSet<StreamControl>> both = List.of(EnumSet.allOf(StreamControl.class));
        RecordingBackend host = new RecordingBackend();
        host.hasVolume = hasVolume;
        return new Rig(
                Rig.config(ExchangeRule.MULTI)
                        .withControls(new SoundControls(List.copyOf(both), List.of(), VolumeRule.HOST)),
                TimeBase.WALL,
                host);
    }

    @Test
    @Tag("SND-98")
    @Tag("SND-102")
    @DisplayName("are the host's own where it has them, and the guest is told what is changed there")
    void hostVolumesAreTied() {
        Rig tied = tiedRig(true);
        offerEvents(tied, 8);
        write(tied, VOLUME, 60, 120);
        tied.prepare(0, 4 * PERIOD, PERIOD);
        tied.start(0);
        HostVolume volume = tied.backend.volume;
        assertThat(volume.wanted().gains().get(0)).isCloseTo(Math.pow(10, -30 / 20.0), Offset.offset(1e-9));
        assertThat(volume.wanted().gains().get(1)).isEqualTo(1);
        write(tied, SWITCH, 0, 1);
        assertThat(volume.wanted()).isEqualTo(new HostVolume.Level(List.of(0.0, 1.0), false));
        write(tied, SWITCH, 0, 0);
        assertThat(volume.wanted().muted()).isTrue();
        assertThat(volume.wanted().gains().get(1)).as("kept for later").isEqualTo(1);
        playPeriod(tied);
        assertThat(samples(tied)).as("the samples are the host's").containsOnly((short) 0x2222);

        HostVolume.Level before = volume.wanted();
        volume.report(new HostVolume.Level(List.of(0.1, 0.3), false));
        tied.thread.advance(1);
        assertThat(read(tied, VOLUME, 2)).containsExactly(80, 99);
        assertThat(read(tied, SWITCH, 2)).containsExactly(1, 1);
        assertThat(volume.wanted())
                .as("the host is not set to what it was rounded to")
                .isSameAs(before);
        volume.report(new HostVolume.Level(List.of(0.1, 0.3), true));
        tied.thread.advance(1);
        assertThat(read(tied, SWITCH, 2)).containsExactly(0, 0);
        assertThat(notifications(tied))
                .containsExactly(
                        VOLUME + ":1", SWITCH + ":1", SWITCH + ":1", VOLUME + ":1", SWITCH + ":1", SWITCH + ":1");
    }

    @Test
    @DisplayName("are the card's where the host has none, although the operator wants its")
    void otherwiseTheCardDoesIt() {
        Rig alone = tiedRig(false);
        alone.device.setMuted(0, true);
        alone.prepare(0, 4 * PERIOD, PERIOD);
        alone.start(0);
        playPeriod(alone);
        assertThat(samples(alone)).containsOnly((short) 0);
        alone.backend.volume.report(new HostVolume.Level(List.of(0.1), false));
        alone.thread.advance(1);
        assertThat(alone.device.level(0).muted()).isTrue();
    }

    @Test
    @DisplayName("take a mono stream's volume at the host for all channels")
    void monoVolumeIsForAll() {
        Rig tied = tiedRig(true);
        assertThat(tied.control(0x101, 0, 4 * PERIOD * 2, PERIOD * 2, 0, 0x0007_0501))
                .isEqualTo(VIRTIO_SND_S_OK);
        assertThat(tied.control(0x102, 0)).isEqualTo(VIRTIO_SND_S_OK);
        write(tied, SWITCH, 1, 0);
        tied.backend.volume.report(new HostVolume.Level(List.of(0.1), false));
        tied.thread.advance(1);
        assertThat(read(tied, VOLUME, 2)).as("the right one is off").containsExactly(80, 120);
        assertThat(read(tied, SWITCH, 2)).containsExactly(1, 0);
    }

    @Test
    @DisplayName("go with the settings to a device that replaces this one")
    void settingsHaveThem() throws SnapshotException {
        write(rig, VOLUME, 10, 20);
        rig.control(TLV_WRITE, BYTES, 6, 4, 99);
        assertThat(rig.settings).isEqualTo(2);
        SnapshotWriter out = new SnapshotWriter(rig.thread.nowNanos);
        rig.device.saveSettings(out);
        Rig next = rig();
        SnapshotReader in = new SnapshotReader(out.finish(), next.thread.nowNanos);
        next.device.loadSettings(in).run();
        in.end();
        assertThat(read(next, VOLUME, 2)).containsExactly(10, 20);
        next.device.setVolume(0, -1);
        assertThat(next.settings).isEqualTo(1);
    }

    @Test
    @DisplayName("against the specification are refused when they are made")
    void wrongElementsAreRefused() {
        ControlType bool = new ControlType.BooleanType();
        for (String name : List.of("", "x".repeat(44), "Gr\u00f6\u00dfe", "a\nb")) {
            assertThatThrownBy(() -> info(bool, 3, 1, name, null)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int access : new int[] {-1, 0x80}) {
            assertThatThrownBy(() -> info(bool, access, 1, "x", null)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int count : new int[] {0, -1, 129}) {
            assertThatThrownBy(() -> info(bool, 3, count, "x", null)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> info(new ControlType.Integer64Type(0, 1, 1), 3, 65, "x", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> info(new ControlType.Iec958Type(), 3, 2, "x", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> info(new ControlType.BytesType(), 3, 513, "x", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ControlType.EnumeratedType(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ControlType.IntegerType(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ControlTlv(1, java.util.Collections.nCopies(16385, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        ControlInfo twice = info(bool, 3, 1, "x", null);
        SoundConfig config = Rig.config(ExchangeRule.MULTI)
                .withControls(new SoundControls(List.of(), List.of(twice, twice), VolumeRule.CARD));
        assertThatThrownBy(() -> new Rig(config, TimeBase.WALL, new RecordingBackend()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("SND-12")
    @DisplayName("answer whatever is asked")
    void answerAnything() {
        Random random = new Random(18);
        offerEvents(rig, 64);
        for (int round = 0; round < 20_000; round++) {
            byte[] request = new byte[random.nextInt(64) + (random.nextInt(8) == 0 ? 520 : 0)];
            random.nextBytes(request);
            ByteBuffer words = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
            if (request.length >= 16) {
                words.putInt(0, CTL_INFO + random.nextInt(8)).putInt(4, random.nextInt(COUNT + 1));
                if (random.nextBoolean()) {
                    words.putInt(8, random.nextInt(COUNT + 1)).putInt(12, random.nextInt(100));
                }
            }
            int room = random.nextInt(600);
            rig.control(request, room);
            Rig.Done last = rig.done.get(rig.done.size() - 1);
            assertThat(last.tag()).isEqualTo(Integer.MAX_VALUE);
            assertThat(last.usedBytes()).isBetween(room < 4 ? 0L : 4L, (long) room);
        }
        assertThat(rig.fault).isEmpty();
    }
}
