namespace FamilyPa.Simulators.Extraction;

/// <summary>Finds the tasks in a family's message by rules and a date library: what the keyless chat answers with.</summary>
internal sealed class TaskExtractor(DateRecogniser dates)
{
    private const int MaxTasks = 20;

    /// <param name="userMessage">Our chat contract's JSON, or any text.</param>
    /// <returns>The contract's answer as JSON.</returns>
    /// <exception cref="RecogniserException">Dates cannot be recognised.</exception>
    public async Task<string> AnswerAsync(string userMessage, DateTimeOffset utcNow, CancellationToken cancellation)
    {
        var input = ExtractionInput.Read(userMessage, utcNow);
        return (await ExtractAsync(input, cancellation)).ToJson();
    }

    public async Task<ExtractionAnswer> ExtractAsync(ExtractionInput input, CancellationToken cancellation)
    {
        var language = Languages.Detect(input.Message, input.Locale);
        var lexicon = Lexicon.For(language);
        var members = new Members(input.Members, input.Sender, lexicon);
        var pieces = MessageLines.Split(input.Message, lexicon).ToList();
        var headers = pieces.Select(piece => piece.Header).OfType<string>().Distinct().ToList();
        var found = await dates.FindAsync(language, input.Locale, input.Now, [.. pieces.Select(piece => piece.Text), .. headers], cancellation);
        var headerDates = headers.Select((header, index) => (header, found[pieces.Count + index])).ToDictionary();
        var readings = pieces
            .SelectMany((piece, index) => ReadPiece(piece, found[index], piece.Header is { } header ? headerDates[header] : [], lexicon, members))
            .ToList();
        var tasks = readings.Select(reading => reading.Task).OfType<ExtractedTask>().DistinctBy(task => (task.Title, task.DueAt)).Take(MaxTasks).ToList();
        var understood = new ExtractionAnswer(tasks, readings.Select(reading => reading.Question).FirstOrDefault(question => question is not null), language);
        return input.Questions.Count == 0 || pieces.Count == 0 ? understood : new AnswerReader(input, lexicon, members).Read(understood, new DatedText(pieces[0].Text, found[0], lexicon), found[0]);
    }

    private static IEnumerable<Reading> ReadPiece(
        Piece piece, IReadOnlyList<DateMention> mentions, IReadOnlyList<DateMention> headerMentions, Lexicon lexicon, Members members)
    {
        var text = new DatedText(piece.Text, mentions, lexicon);
        var reader = new ClauseReader(lexicon, members);
        // What holds for the clauses to come: a header's date and member, a date the sentence began with, who was asked.
        var heading = headerMentions is [var first, ..] ? first : null;
        var (date, time) = (heading?.Date, heading?.Time);
        var assignee = piece.Header is null ? null : members.Find(piece.Header);
        DateOnly? before = null;
        var follows = false;
        foreach (var clause in new ClauseSplitter(lexicon, members).Split(text.Marked))
        {
            var beginning = Beginning.Of(clause, lexicon, members);
            if (beginning.Asked) assignee = beginning.Assignee;
            var own = text.In(clause).ToList();
            var said = own.FirstOrDefault(mention => mention.DateSaid);
            var clock = DatedText.ClockOf(own);
            // A time alone belongs to the day just spoken of.
            var day = said?.Date ?? date ?? (clock is null ? null : before ?? clock.Date);
            yield return reader.Read(clause, text, piece.IsItem, follows, day, clock?.Time ?? (own.Count == 0 ? time : null), assignee);
            (before, follows) = (day ?? before, true);
            if (beginning.LeadingDate && said is not null) date = said.Date;
        }
    }
}
