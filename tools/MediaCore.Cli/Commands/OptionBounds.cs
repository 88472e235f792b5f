using System.CommandLine;
using System.Globalization;

namespace MediaCore.Cli.Commands;

/// <summary>Numbers on the command line: one out of bounds is not understood, and not taken for another.</summary>
internal static class OptionBounds
{
    /// <summary>Takes numbers of <paramref name="least"/> to <paramref name="most"/> alone.</summary>
    public static void Require<T>(Option<T> option, double least, double most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is IConvertible given && given.ToDouble(CultureInfo.InvariantCulture) is var value && !(value >= least && value <= most))
        {
            result.AddError(most == int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {least} or more.")
                : string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {least} to {most}."));
        }
    });
}
