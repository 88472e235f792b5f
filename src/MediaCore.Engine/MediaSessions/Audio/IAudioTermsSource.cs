namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Whose leg it is: knows what was negotiated, when the sound of the leg is wanted.</summary>
internal interface IAudioTermsSource
{
    /// <summary>Writes what this leg speaks; false while nothing was negotiated.</summary>
    bool TryGetTerms(MediaLeg leg, ref AudioTerms terms);
}
