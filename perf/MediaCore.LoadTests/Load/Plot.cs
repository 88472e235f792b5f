using System.Globalization;
using System.Net;
using System.Text;

namespace MediaCore.LoadTests.Load;

/// <summary>Lines over time as SVG.</summary>
internal static class Plot
{
    private const double Width = 860;
    private const double Height = 200;
    private const double Left = 60;
    private const double Top = 10;
    private const double Bottom = 24;
    private const int Marks = 4;

    private static readonly string[] s_colours = ["#1769aa", "#c2410c", "#2e7d32"];

    /// <summary>A line: NaN is a gap.</summary>
    internal readonly record struct Line(string Name, double[] Values);

    /// <summary>A figure with its caption; nothing where no line has a value.</summary>
    /// <param name="caption">What it shows, with its unit.</param>
    /// <param name="at">Seconds of the values.</param>
    /// <param name="lines">At most as many as there are colours.</param>
    public static string Draw(string caption, double[] at, Line[] lines)
    {
        double[] values = [.. lines.SelectMany(static l => l.Values).Where(double.IsFinite)];
        if (values.Length == 0)
        {
            return "";
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        double most = RoundUp(values.Max());
        double last = Math.Max(at[^1], 1);
        double X(double second) => Left + (second / last * (Width - Left - 10));
        double Y(double value) => Top + ((1 - (value / most)) * (Height - Top - Bottom));
        StringBuilder svg = new();
        svg.Append(culture, $"<figure><figcaption>{WebUtility.HtmlEncode(caption)}</figcaption>\n<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(caption)}\">\n");
        for (int i = 0; i <= Marks; i++)
        {
            double value = most * i / Marks;
            svg.Append(culture, $"<line x1=\"{Left}\" x2=\"{Width - 10}\" y1=\"{Y(value):F1}\" y2=\"{Y(value):F1}\" stroke=\"#e5e5e5\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:F1}\" text-anchor=\"end\">{value:G4}</text>\n");
            svg.Append(culture, $"<text x=\"{X(last * i / Marks):F1}\" y=\"{Height - 6}\" text-anchor=\"middle\">{last * i / Marks:F0} s</text>\n");
        }

        for (int i = 0; i < lines.Length; i++)
        {
            string path = Path(at, lines[i].Values, X, Y);
            svg.Append(culture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{s_colours[i]}\" stroke-width=\"1.5\"/><text x=\"{Left + 10 + (i * 190)}\" y=\"{Top + 10}\" style=\"fill:{s_colours[i]}\">{WebUtility.HtmlEncode(lines[i].Name)}</text>\n");
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    private static string Path(double[] at, double[] values, Func<double, double> x, Func<double, double> y)
    {
        StringBuilder path = new();
        bool isPenUp = true;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]))
            {
                path.Append(CultureInfo.InvariantCulture, $"{(isPenUp ? 'M' : 'L')}{x(at[i]):F1} {y(values[i]):F1}");
            }

            isPenUp = !double.IsFinite(values[i]);
        }

        return path.ToString();
    }

    /// <summary>The next 1, 2 or 5 times a power of ten; 1 where all is 0.</summary>
    private static double RoundUp(double value)
    {
        if (value <= 0)
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * ((double[])[1, 2, 5, 10]).First(step => step * power >= value * 0.999);
    }
}
