namespace FamilyPa.Simulators.OpenAI;

/// <summary>Counts tokens by a fixed rule near what models bill: a run of letters or digits is a token per four characters, every other sign is one.</summary>
public static class Tokens
{
    private const int CharactersPerToken = 4;

    public static int Count(string text)
    {
        int tokens = 0, run = 0;
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character) || character is >= 'À' and <= 'ʯ')
            {
                if (run++ % CharactersPerToken == 0) tokens++;
                continue;
            }

            run = 0;
            if (!char.IsWhiteSpace(character)) tokens++;
        }

        return tokens;
    }

    /// <summary>The longest beginning of the text that costs no more than this.</summary>
    public static string Take(string text, int tokens)
    {
        var (low, high) = (0, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Count(text[..middle]) <= tokens) low = middle;
            else high = middle - 1;
        }

        return text[..low];
    }
}
