// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;

/**
 * Golden samples: 0, a half, minus a half, the highest and the lowest. Those of integers are by the definition of the
 * format, those of floats by IEEE 754, those of A-law and mu-law by the tables of ITU-T G.711.
 */
@DisplayName("Each format")
class FormatsTest {
    private static final int SAMPLES = 5;
    private static final long SECOND = 1_000_000_000L;
    private static final int RATE_48000 = 7;

    @TempDir
    Path folder;

    /** The guest's golden samples, then the same in a WAV file. */
    static final String[][] GOLDEN = {
        {"1", "ff 8f 0f 80 00", "ff 8f 0f 80 00"},
        {"2", "d5 a5 25 aa 2a", "d5 a5 25 aa 2a"},
        {"3", "00 40 c0 7f 80", "80 c0 40 ff 00"},
        {"4", "80 c0 40 ff 00", "80 c0 40 ff 00"},
        {"5", "0000 0040 00c0 ff7f 0080", "0000 0040 00c0 ff7f 0080"},
        {"6", "0080 00c0 0040 ffff 0000", "0000 0040 00c0 ff7f 0080"},
        {"7", "000000 000001 0000ff ffff01 0000fe", "000000 000040 0000c0 c0ff7f 000080"},
        {"8", "000002 000003 000001 ffff03 000000", "000000 000040 0000c0 c0ff7f 000080"},
        {"9", "000000 000004 0000fc ffff07 0000f8", "000000 000040 0000c0 f0ff7f 000080"},
        {"10", "000008 00000c 000004 ffff0f 000000", "000000 000040 0000c0 f0ff7f 000080"},
        {"11", "000000 000040 0000c0 ffff7f 000080", "000000 000040 0000c0 ffff7f 000080"},
        {"12", "000080 0000c0 000040 ffffff 000000", "000000 000040 0000c0 ffff7f 000080"},
        {"13", "00000000 00000400 0000fcff ffff0700 0000f8ff", "00000000 00000040 000000c0 00f0ff7f 00000080"},
        {"14", "00000800 00000c00 00000400 ffff0f00 00000000", "00000000 00000040 000000c0 00f0ff7f 00000080"},
        {"15", "00000000 00004000 0000c0ff ffff7f00 000080ff", "00000000 00000040 000000c0 00ffff7f 00000080"},
        {"16", "00008000 0000c000 00004000 ffffff00 00000000", "00000000 00000040 000000c0 00ffff7f 00000080"},
        {"17", "00000000 00000040 000000c0 ffffff7f 00000080", "00000000 00000040 000000c0 ffffff7f 00000080"},
        {"18", "00000080 000000c0 00000040 ffffffff 00000000", "00000000 00000040 000000c0 ffffff7f 00000080"},
        {"19", "00000000 0000003f 000000bf 0000803f 000080bf", "00000000 0000003f 000000bf 0000803f 000080bf"},
        {
            "20",
            "0000000000000000 000000000000e03f 000000000000e0bf 000000000000f03f 000000000000f0bf",
            "0000000000000000 000000000000e03f 000000000000e0bf 000000000000f03f 000000000000f0bf"
        },
    };

    static IntStream formats() {
        return IntStream.range(0, GOLDEN.length);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** A card with a file to play into and one to record, in virtual time. */
    private SoundDriver driver(PcmFormat format, String more, SoundCard[] card) throws PluginException {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, VirtualMachine.RAM_BYTES), new InterruptLog(2048, false));
        String files = "wav:" + folder.resolve("out.wav") + more;
        card[0] = new VirtioSoundPlugin().create(host, Map.of("backend", files, "formats", format.name()));
        return SoundDriver.start(new VirtualBus(host, card[0]), DriverStyle.LINUX);
    }

    @SuppressWarnings("EnumOrdinal") // the wire number
    private static int number(PcmFormat format) {
        return format.ordinal();
    }

    private static void play(SoundDriver driver, StreamSetup setup, byte[] samples) {
        driver.open(0, setup);
        SoundMessage message = driver.message(0, true, samples.length);
        driver.bus().ram().write(message.data(), samples);
        driver.submit(message);
        driver.commandOk(SndWire.R_PCM_START, 0);
        driver.bus().pass(SECOND);
        driver.poll();
        assertThat(message.status()).isEqualTo(SndWire.S_OK);
        driver.commandOk(SndWire.R_PCM_STOP, 0);
        driver.commandOk(SndWire.R_PCM_RELEASE, 0);
    }

    private static byte[] record(SoundDriver driver, StreamSetup setup) {
        driver.open(1, setup);
        SoundMessage message = driver.message(1, false, setup.periodBytes());
        driver.submit(message);
        driver.commandOk(SndWire.R_PCM_START, 1);
        driver.bus().pass(SECOND);
        driver.poll();
        assertThat(message.status()).isEqualTo(SndWire.S_OK);
        return driver.bus().ram().read(message.data(), setup.periodBytes());
    }

    @SuppressWarnings("EnumOrdinal") // declared in the order of VIRTIO_SND_PCM_FMT_*, which a test checks
    private static PcmFormat format(int row) {
        return PcmFormat.values()[Integer.parseInt(GOLDEN[row][0])];
    }

    @ParameterizedTest
    @MethodSource("formats")
    @Tag("SND-33")
    @DisplayName("is heard as its samples are: golden vectors from the rings into a file")
    void isHeardAsItsSamplesAre(int row) throws Exception {
        PcmFormat format = format(row);
        SoundCard[] card = new SoundCard[1];
        SoundDriver driver = driver(format, "", card);
        byte[] samples = bytes(GOLDEN[row][1]);
        play(driver, new StreamSetup(number(format), RATE_48000, 1, SAMPLES, 2 * SAMPLES), samples);
        card[0].close();
        assertThat(heard(samples.length)).containsExactly(bytes(GOLDEN[row][2]));
    }

    /** The sound in the file, which may have a byte of padding and, at its end, silence. */
    private byte[] heard(int length) throws IOException {
        ByteBuffer file =
                ByteBuffer.wrap(Files.readAllBytes(folder.resolve("out.wav"))).order(ByteOrder.LITTLE_ENDIAN);
        int at = 12;
        while (file.getInt(at) != 0x61746164) { // data
            at += 8 + file.getInt(at + 4);
        }
        return Arrays.copyOfRange(file.array(), at + 8, at + 8 + length);
    }

    @ParameterizedTest
    @MethodSource("formats")
    @Tag("SND-33")
    @DisplayName("reaches host audio as it is, bit for bit")
    void reachesHostAudioAsItIs(int row) {
        PcmFormat format = format(row);
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("formats", format.name()))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            byte[] samples = bytes(GOLDEN[row][1]);
            play(driver, new StreamSetup(number(format), RATE_48000, 1, SAMPLES, 2 * SAMPLES), samples);
            assertThat(machine.tape().sink().params().format()).isEqualTo(format);
            assertThat(machine.tape().sink().tape()).containsExactly(samples);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    @Tag("SND-33")
    @DisplayName("is recorded as the file's samples are: golden vectors from a file of 32 bits into the rings")
    void isRecordedAsTheFilesSamplesAre(int row) throws Exception {
        PcmFormat format = format(row);
        byte[] wide = bytes("00000000 00000040 000000c0 ffffff7f 00000080");
        ByteBuffer file = ByteBuffer.allocate(44 + wide.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + wide.length);
        file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        file.putShort((short) 1).putShort((short) 1).putInt(48_000).putInt(48_000 * 4);
        file.putShort((short) 4).putShort((short) 32);
        file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(wide.length).put(wide);
        Path in = Files.write(folder.resolve("in.wav"), file.array());
        SoundCard[] card = new SoundCard[1];
        SoundDriver driver = driver(format, ",in=" + in, card);
        byte[] samples = record(driver, new StreamSetup(number(format), RATE_48000, 1, SAMPLES, 2 * SAMPLES));
        card[0].close();
        // the highest of 32 bits is 1 as a float, but not yet as a double
        String golden = GOLDEN[row][1].replace("000000000000f03f", "0000c0ffffffef3f");
        assertThat(samples).containsExactly(bytes(golden));
    }

    @ParameterizedTest
    @EnumSource(value = PcmFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "IMA_ADPCM")
    @DisplayName("has its own silence, where nothing is recorded")
    void hasItsOwnSilence(PcmFormat format) throws Exception {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, VirtualMachine.RAM_BYTES), new InterruptLog(2048, false));
        try (SoundCard card =
                new VirtioSoundPlugin().create(host, Map.of("backend", "null", "formats", format.name()))) {
            SoundDriver driver = SoundDriver.start(new VirtualBus(host, card), DriverStyle.LINUX);
            StreamSetup setup = new StreamSetup(number(format), RATE_48000, 2, SAMPLES, 2 * SAMPLES);
            byte[] silence = record(driver, setup);
            String sample = switch (format) {
                case MU_LAW -> "ff";
                case A_LAW -> "d5";
                case U8 -> "80";
                case U16 -> "0080";
                case U18_3 -> "000002";
                case U20_3 -> "000008";
                case U24_3 -> "000080";
                case U20 -> "00000800";
                case U24 -> "00008000";
                case U32 -> "00000080";
                case DSD_U8, DSD_U16, DSD_U32 -> "69".repeat(format.sampleBytes());
                default -> "00".repeat(format.sampleBytes());
            };
            assertThat(HexFormat.of().formatHex(silence))
                    .isEqualTo(sample.repeat(silence.length / format.sampleBytes()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5512", "8000", "11025", "12000", "16000", "22050", "24000", "32000", "44100", "48000", "64000", "88200",
        "96000", "176400", "192000", "384000"
    })
    @Tag("SND-30")
    @DisplayName("is played at each rate: a second of it takes a second")
    void isPlayedAtEachRate(int rateHz) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("rates", String.valueOf(rateHz)))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            int rate = Long.numberOfTrailingZeros(driver.pcmInfo().get(0).rates());
            StreamSetup setup = new StreamSetup(SndWire.FMT_S16, rate, 2, rateHz / 8, rateHz / 8 * 4);
            assertThat(setup.rateHz()).isEqualTo(rateHz);
            PeriodStream stream = new PeriodStream(driver, 0, true, setup);
            stream.start();
            long begun = driver.bus().nanoTime();
            stream.runUntil(8, 2 * SECOND);
            long took = driver.bus().nanoTime() - begun;
            assertThat(took).isBetween(SECOND * 95 / 100, SECOND * 102 / 100);
            assertThat(machine.tape().sink().params().rateHz()).isEqualTo(rateHz);
        }
    }
}
