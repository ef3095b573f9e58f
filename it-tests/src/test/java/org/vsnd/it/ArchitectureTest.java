// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The dependency table of ARCHITECTURE.md, and what only some packages may do. */
@AnalyzeClasses(
        packages = "org.vsnd",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestModule.class})
class ArchitectureTest {
    /** What this module has for tests does not ship. */
    static final class NoTestModule implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/org/vsnd/it/");
        }
    }

    private static final String SPI = "org.vsnd.spi";
    private static final String AUDIO = "org.vsnd.audio";
    private static final String FRAMES = "org.vsnd.audio.frames";
    private static final String LIVE = "org.vsnd.audio.live";
    private static final String VIRTIO = "org.vsnd.virtio";
    private static final String SNAPSHOT = "org.vsnd.snapshot";
    private static final String SERVER = "org.vsnd.server";
    private static final String LIBC = "org.vsnd.nativebind.libc";
    private static final String SPEEX = "org.vsnd.nativebind.speex";
    private static final String JNA = "com.sun.jna..";
    private static final String GUAVA = "com.google.common..";
    private static final String[] DEVICE = {
        SPI, "org.vsnd.audio..", SNAPSHOT, VIRTIO, "org.vsnd.snd", "org.vsnd.pci..", "org.vsnd.plugin"
    };

    private static ArchRule sees(String from, String... others) {
        String[] allowed = Stream.concat(Stream.of(from, "java..", "org.jspecify.annotations"), Stream.of(others))
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed))
                .allowEmptyShould(true);
    }

    @ArchTest
    static final ArchRule spiSeesTheJdkOnly = sees(SPI);

    @ArchTest
    static final ArchRule audioSeesTheJdkOnly = sees(AUDIO);

    @ArchTest
    static final ArchRule framesSeeAudio = sees(FRAMES, AUDIO);

    @ArchTest
    static final ArchRule liveSeesAudioAndFrames = sees(LIVE, AUDIO, FRAMES);

    @ArchTest
    static final ArchRule filesSeeAudioAndFrames = sees("org.vsnd.audio.file", AUDIO, FRAMES);

    @ArchTest
    static final ArchRule toneSeesAudioAndFrames = sees("org.vsnd.audio.tone", AUDIO, FRAMES);

    @ArchTest
    static final ArchRule unpacedSeesAudio = sees("org.vsnd.audio.unpaced", AUDIO);

    @ArchTest
    static final ArchRule javaxSeesAudioLiveFramesAndTheJdksSound =
            sees("org.vsnd.audio.javax", AUDIO, LIVE, FRAMES, "javax.sound.sampled");

    @ArchTest
    static final ArchRule snapshotSeesTheSpi = sees(SNAPSHOT, SPI);

    @ArchTest
    static final ArchRule virtioSeesSpiAndSnapshot = sees(VIRTIO, SPI, SNAPSHOT);

    @ArchTest
    static final ArchRule sndSeesSpiSnapshotVirtioAndAudio = sees("org.vsnd.snd", SPI, SNAPSHOT, VIRTIO, AUDIO);

    @ArchTest
    static final ArchRule libcSeesJna = sees(LIBC, JNA);

    @ArchTest
    static final ArchRule alsaSeesAudioLiveSpeexLibcAndJna =
            sees("org.vsnd.nativebind.alsa", AUDIO, LIVE, SPEEX, LIBC, JNA);

    @ArchTest
    static final ArchRule pulseSeesAudioLiveFramesSpeexLibcAndJna =
            sees("org.vsnd.nativebind.pulse", AUDIO, LIVE, FRAMES, SPEEX, LIBC, JNA);

    @ArchTest
    static final ArchRule speexSeesAudioFramesAndJna = sees(SPEEX, AUDIO, FRAMES, JNA);

    @ArchTest
    static final ArchRule pciSeesSpiAndSnapshot = sees("org.vsnd.pci", SPI, SNAPSHOT);

    @ArchTest
    static final ArchRule pciVirtioSeesSpiSnapshotPciAndVirtio =
            sees("org.vsnd.pci.virtio", SPI, SNAPSHOT, "org.vsnd.pci", VIRTIO);

    @ArchTest
    static final ArchRule ecamSeesTheSpi = sees("org.vsnd.pci.ecam", SPI);

    @ArchTest
    static final ArchRule serverSeesSpiAndLibc = sees(SERVER, SPI, LIBC);

    @ArchTest
    static final ArchRule vfioUserSeesSpiServerAndLibc =
            sees("org.vsnd.vfiouser", SPI, SERVER, LIBC, "com.google.gson..");

    @ArchTest
    static final ArchRule loaderSeesTheSpiAndAYamlLibrary = sees("org.vsnd.plugin.load", SPI, "org.snakeyaml.engine..");

    @ArchTest
    static final ArchRule guestsSeeTheSpi = classes()
            .that()
            .resideInAPackage("org.vsnd.guest..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "org.vsnd.guest..", SPI, GUAVA, "java..", "com.sun.management", "org.jspecify.annotations"));

    @ArchTest
    static final ArchRule measureSeesTheJdkOnly = classes()
            .that()
            .resideInAPackage("org.vsnd.measure..")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("org.vsnd.measure..", GUAVA, "java..", "javax.imageio..", "org.jspecify.annotations"));

    @ArchTest
    static final ArchRule traceSeesSpiAudioGuestsAndMeasure = classes()
            .that()
            .resideInAPackage("org.vsnd.trace..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "org.vsnd.trace..",
                    SPI,
                    AUDIO,
                    FRAMES,
                    "org.vsnd.guest..",
                    "org.vsnd.measure..",
                    "com.google.gson..",
                    GUAVA,
                    "java..",
                    "org.jspecify.annotations"));

    @ArchTest
    static final ArchRule pluginSeesNoHost = noClasses()
            .that()
            .resideInAPackage("org.vsnd.plugin..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(SERVER, "org.vsnd.vfiouser..", "org.vsnd.cli.."));

    @ArchTest
    static final ArchRule nobodySeesTheTopModules = noClasses()
            .that(not(resideInAPackage("org.vsnd.cli..")))
            .should()
            .dependOnClassesThat(resideInAPackage("org.vsnd.cli.."));

    @ArchTest
    static final ArchRule jnaIsForTheBindings = noClasses()
            .that(not(resideInAPackage("org.vsnd.nativebind..")))
            .should()
            .dependOnClassesThat(resideInAPackage(JNA));

    @ArchTest
    static final ArchRule oneClassTouchesMappedGuestMemory = noClasses()
            .that(not(resideInAPackage(LIBC)))
            .and()
            .doNotHaveFullyQualifiedName("org.vsnd.server.MappedMemory")
            .should()
            .callMethod("org.vsnd.nativebind.libc.MappedFile", "window", long.class.getName());

    @ArchTest
    static final ArchRule onlyPeopleFacingPackagesPrint = noClasses()
            .that(not(resideInAPackage("org.vsnd.cli..")))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule deviceCodeNeverSleeps = noClasses()
            .that()
            .resideInAnyPackage(
                    SPI, SNAPSHOT, VIRTIO, "org.vsnd.snd", "org.vsnd.pci..", "org.vsnd.plugin", SERVER, "org.vsnd.vfiouser")
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
