// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The dependency table of ARCHITECTURE.md for every package that ships, without exemption, and what only some may do. */
@AnalyzeClasses(
        packages = "org.vsnd",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestModule.class})
class ArchitectureTest {
    /** What this and another module have for tests does not ship. */
    static final class NoTestModule implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/org/vsnd/it/") && !location.contains("/org/vsnd/testing/");
        }
    }

    private static final String SPI = "org.vsnd.spi";
    private static final String VIRTIO = "org.vsnd.virtio";
    private static final String SNAPSHOT = "org.vsnd.snapshot";
    private static final String AUDIO = "org.vsnd.audio";
    private static final String FRAMES = "org.vsnd.audio.frames";
    private static final String LIVE = "org.vsnd.audio.live";
    private static final String FILE = "org.vsnd.audio.file";
    private static final String TONE = "org.vsnd.audio.tone";
    private static final String UNPACED = "org.vsnd.audio.unpaced";
    private static final String JAVAX = "org.vsnd.audio.javax";
    private static final String SND = "org.vsnd.snd";
    private static final String LIBC = "org.vsnd.nativebind.libc";
    private static final String ALSA = "org.vsnd.nativebind.alsa";
    private static final String PULSE = "org.vsnd.nativebind.pulse";
    private static final String SPEEX = "org.vsnd.nativebind.speex";
    private static final String PCI = "org.vsnd.pci";
    private static final String PCI_VIRTIO = "org.vsnd.pci.virtio";
    private static final String ECAM = "org.vsnd.pci.ecam";
    private static final String PLUGIN = "org.vsnd.plugin";
    private static final String LOAD = "org.vsnd.plugin.load";
    private static final String SERVER = "org.vsnd.server";
    private static final String VFIO_USER = "org.vsnd.vfiouser";
    private static final String VHOST_USER = "org.vsnd.vhostuser";
    private static final String MEASURE = "org.vsnd.measure";
    private static final String PICTURE = "org.vsnd.measure.picture";
    private static final String SOUND = "org.vsnd.measure.sound";
    private static final String DRIVER = "org.vsnd.guest.driver";
    private static final String HAIKU = "org.vsnd.guest.haiku";
    private static final String LINUX = "org.vsnd.guest.linux";
    private static final String FAMILY = "org.vsnd.guest.family";
    private static final String HOST = "org.vsnd.guest.host";
    private static final String TRACE = "org.vsnd.trace";
    private static final String TAPE = "org.vsnd.trace.tape";
    private static final String TRACED_CARD = "org.vsnd.trace.card";
    private static final String REVIEW = "org.vsnd.trace.review";
    private static final String RECORD = "org.vsnd.trace.record";
    private static final String REPLAY = "org.vsnd.trace.replay";
    private static final String CLI = "org.vsnd.cli..";

    private static final String JNA = "com.sun.jna..";
    private static final String GUAVA = "com.google.common..";
    private static final String GSON = "com.google.gson..";
    private static final String YAML = "org.snakeyaml.engine..";
    private static final String PICOCLI = "picocli..";
    private static final String MANAGEMENT = "com.sun.management";

    private static final String[] DEVICE = {
        SPI, AUDIO, FRAMES, LIVE, FILE, TONE, UNPACED, JAVAX, SNAPSHOT, VIRTIO, SND, PCI, PCI_VIRTIO, ECAM, PLUGIN
    };

    /** By package: what it may see beside itself, {@code java..} and the null checker's annotations. */
    private static final Map<String, List<String>> MAY_SEE = new LinkedHashMap<>();

    private static void row(String from, String... others) {
        MAY_SEE.put(from, List.of(others));
    }

    static {
        row(SPI);
        row(SNAPSHOT, SPI);
        row(VIRTIO, SPI, SNAPSHOT);
        row(AUDIO);
        row(FRAMES, AUDIO);
        row(LIVE, AUDIO, FRAMES);
        row(FILE, AUDIO, FRAMES);
        row(TONE, AUDIO, FRAMES);
        row(UNPACED, AUDIO);
        row(JAVAX, AUDIO, FRAMES, LIVE, "javax.sound.sampled");
        row(SND, SPI, SNAPSHOT, VIRTIO, AUDIO, FRAMES);
        row(LIBC, JNA);
        row(SPEEX, AUDIO, FRAMES, JNA);
        row(ALSA, AUDIO, FRAMES, LIVE, SPEEX, LIBC, JNA);
        row(PULSE, AUDIO, FRAMES, LIVE, SPEEX, LIBC, JNA);
        row(PCI, SPI, SNAPSHOT);
        row(PCI_VIRTIO, SPI, SNAPSHOT, PCI, VIRTIO);
        row(ECAM, SPI);
        row(LOAD, SPI, YAML);
        row(PLUGIN, SPI, SNAPSHOT, AUDIO, FILE, TONE, UNPACED, JAVAX, SND, VIRTIO, ALSA, PULSE, PCI, PCI_VIRTIO, LOAD);
        row(SERVER, SPI, LIBC);
        row(VFIO_USER, SPI, SERVER, LIBC, GSON);
        row(VHOST_USER, SPI, SERVER, LIBC, VIRTIO, SNAPSHOT);
        row(MEASURE, GUAVA);
        row(PICTURE, MEASURE, GUAVA, "javax.imageio..");
        row(SOUND, GUAVA);
        row(DRIVER, GUAVA);
        row(HAIKU, DRIVER, GUAVA);
        row(LINUX, DRIVER, GUAVA);
        row(FAMILY, DRIVER, GUAVA);
        row(HOST, SPI, DRIVER, GUAVA, MANAGEMENT);
        row(TRACE, GSON, GUAVA);
        row(TAPE, AUDIO, DRIVER);
        row(RECORD, TRACE, SPI, DRIVER, GUAVA);
        row(TRACED_CARD, TRACE, DRIVER);
        row(REVIEW, TRACE, TRACED_CARD, DRIVER);
        row(REPLAY, TRACE, TRACED_CARD, REVIEW, TAPE, SPI, AUDIO, FRAMES, DRIVER, HOST, MEASURE, PICTURE, GUAVA);
        List<String> all = new ArrayList<>(MAY_SEE.keySet());
        all.addAll(List.of(GSON, GUAVA, PICOCLI, MANAGEMENT));
        row(CLI, all.toArray(String[]::new));
    }

    @ArchTest
    static final ArchRule theTableHasEveryPackage =
            classes().should().resideInAnyPackage(MAY_SEE.keySet().toArray(String[]::new));

    @ArchTest
    static void everyPackageKeepsToTheTable(JavaClasses shipped) {
        MAY_SEE.forEach((from, others) -> {
            List<String> allowed = new ArrayList<>(List.of(from, "java..", "org.jspecify.annotations"));
            allowed.addAll(others);
            classes()
                    .that()
                    .resideInAPackage(from)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
                    .check(shipped);
        });
    }

    @ArchTest
    static final ArchRule twoClassesTouchMappedGuestMemory = noClasses()
            .that(not(resideInAPackage(LIBC)))
            .and()
            .doNotHaveFullyQualifiedName("org.vsnd.server.MappedMemory")
            .and()
            .doNotHaveFullyQualifiedName("org.vsnd.server.SharedBits")
            .should()
            .callMethod("org.vsnd.nativebind.libc.MappedFile", "window", long.class.getName());

    @ArchTest
    static final ArchRule onlyPeopleFacingPackagesPrint = noClasses()
            .that(not(resideInAPackage(CLI)))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule deviceCodeNeverSleeps = noClasses()
            .that()
            .resideInAnyPackage(
                    SPI, SNAPSHOT, VIRTIO, SND, PCI, PCI_VIRTIO, ECAM, PLUGIN, SERVER, VFIO_USER, VHOST_USER)
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Timer");

    @ArchTest
    static final ArchRule deviceCodeUsesTheJdksLogger = noClasses()
            .that()
            .resideInAnyPackage(DEVICE)
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "java.util.logging.."));
}
