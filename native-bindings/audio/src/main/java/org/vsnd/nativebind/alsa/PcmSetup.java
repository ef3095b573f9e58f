package org.vsnd.nativebind.alsa;

/**
 * What a PCM grants.
 *
 * @param periodFrames in what portions the host works
 * @param bufferFrames most frames the PCM holds
 * @param canPause whether it can stand still and keep what it holds
 */
record PcmSetup(long periodFrames, long bufferFrames, boolean canPause) {}
