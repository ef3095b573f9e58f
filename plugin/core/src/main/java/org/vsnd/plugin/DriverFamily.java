// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.vsnd.snd.DriverTraits;
import org.vsnd.snd.DriverTraits.Params;

/**
 * A kind of driver, known by what it does; {@code docs/guests.md} says more of each.
 *
 * @param name whose driver it is
 * @param option of the card that helps it, such as {@code profile}; empty if it needs none
 * @param value of the option
 * @param recognises whether a driver is one of this family; asked in the order of {@link #ALL}, so that each may leave out
 *     what those before it have
 */
record DriverFamily(String name, String option, String value, Predicate<DriverTraits> recognises) {
    private static final long RING_FEATURES = VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1;

    private static final int CONTROL = 0;
    private static final int EVENT = 1;
    private static final int RX = 3;

    private static final int FORMAT_A_LAW = 2;
    private static final int FORMAT_S16 = 5;
    private static final int FORMAT_FLOAT = 19;
    private static final int RATE_44100 = 6;
    private static final int RATE_48000 = 7;

    /** The first that recognises a driver is its family. */
    static final List<DriverFamily> ALL = List.of(
            profiled("freebsd", "5BSD", t -> t.early() && uses(t, VIRTIO_F_EVENT_IDX)),
            plain("ArrOSt", t -> t.early() && lastOf(t.pcmInfo().writable()) == 4),
            profiled(
                    "freebsd",
                    "FreeBSD, Rust",
                    t -> t.early() && t.pcmInfo().writable().size() == 2),
            plain("rCore's virtio-drivers", t -> uses(t, VIRTIO_F_EVENT_IDX) && allSizes(t, 32)),
            plain("Linux", t -> uses(t, RING_FEATURES) && allQueues(t) && t.pcmInfos() > 0),
            profiled("aero", "Aero, Windows 7", t -> uses(t, VIRTIO_F_INDIRECT_DESC) && !uses(t, VIRTIO_F_EVENT_IDX)),
            plain(
                    "SlateOS, older",
                    t -> t.params().format() == FORMAT_A_LAW && t.params().rate() == RATE_44100),
            plain("SlateOS", t -> isS16Stereo48k(t.params(), 12_288, 4096)),
            plain("RedactedOS", t -> t.params().format() == FORMAT_FLOAT && onePeriod(t.params())),
            plain("brightnes", t -> t.params().periodBytes() == 262_144 && onePeriod(t.params())),
            plain("gbemu OS", DriverTraits::shortCommand),
            setting("exchange", "single", "Breenix", t -> hasQueues(t, true, false, false) && t.pcmInfos() == 0),
            plain("KLOG kernel", t -> hasQueues(t, true, false, false) && t.pcmInfos() > 1),
            plain("CanBoot", t -> hasQueues(t, true, false, false)),
            plain("zigos-arch", t -> hasQueues(t, true, true, false) && t.features() == 0),
            plain("nxu", t -> hasQueues(t, true, true, false) && t.eventBuffers() > 0),
            setting("exchange", "single", "ViperDOS", t -> hasQueues(t, true, true, false)),
            setting("exchange", "single", "module OS, with queues of 16", t -> allSizes(t, 16)),
            profiled("windows", "Windows, viosnd", DriverFamily::isViosnd),
            profiled("haiku", "Haiku", t -> t.features() == 0 && allSizes(t, 64) && onePeriod(t.params())),
            profiled("rt-thread", "RT-Thread", t -> allQueues(t) && twoPeriods(t.params()) && t.startedEmpty()),
            profiled(
                    "nuttx",
                    "NuttX",
                    t -> allQueues(t)
                            && t.eventBuffers() == 0
                            && t.pcmInfo().writable().size() == 2));

    private static DriverFamily profiled(String profile, String name, Predicate<DriverTraits> recognises) {
        return setting("profile", profile, name, recognises);
    }

    private static DriverFamily setting(String option, String value, String name, Predicate<DriverTraits> recognises) {
        return new DriverFamily(name, option, value, recognises);
    }

    private static DriverFamily plain(String name, Predicate<DriverTraits> recognises) {
        return new DriverFamily(name, "", "", recognises);
    }

    /** The family of a driver, if it is a known one. */
    static Optional<DriverFamily> of(DriverTraits traits) {
        return ALL.stream().filter(family -> family.recognises().test(traits)).findFirst();
    }

    private static boolean uses(DriverTraits traits, long features) {
        return (traits.features() & features) == features;
    }

    private static boolean allQueues(DriverTraits traits) {
        return traits.queueSizes().stream().allMatch(size -> size > 0);
    }

    private static boolean allSizes(DriverTraits traits, int descriptors) {
        return traits.queueSizes().stream().allMatch(size -> size == descriptors);
    }

    private static boolean hasQueues(DriverTraits traits, boolean control, boolean event, boolean rx) {
        return traits.queueSizes().get(CONTROL) > 0 == control
                && traits.queueSizes().get(EVENT) > 0 == event
                && traits.queueSizes().get(RX) > 0 == rx;
    }

    /** Compared field by field: a record's {@code equals} keeps the plugin's class loader, see {@code ChainShape.isNone}. */
    private static boolean isS16Stereo48k(Params params, long bufferBytes, long periodBytes) {
        return params.bufferBytes() == bufferBytes
                && params.periodBytes() == periodBytes
                && params.channels() == 2
                && params.format() == FORMAT_S16
                && params.rate() == RATE_48000;
    }

    private static boolean onePeriod(Params params) {
        return params.periodBytes() > 0 && params.periodBytes() == params.bufferBytes();
    }

    private static boolean twoPeriods(Params params) {
        return params.periodBytes() > 0 && params.bufferBytes() == 2 * params.periodBytes();
    }

    private static long lastOf(List<Long> lengths) {
        return lengths.size() < 2 ? 0 : lengths.get(lengths.size() - 1);
    }

    /** Header and sound in one piece, both streams set up before the first START. */
    private static boolean isViosnd(DriverTraits traits) {
        return traits.features() == VIRTIO_F_VERSION_1
                && allQueues(traits)
                && traits.setUps() == 2
                && (traits.playback().readable().size() == 1
                        || traits.recording().writable().size() == 1);
    }
}
