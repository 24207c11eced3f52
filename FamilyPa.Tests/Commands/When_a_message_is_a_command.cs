using System.Globalization;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;

namespace FamilyPa.Tests.Commands;

public class When_a_message_is_a_command
{
    [Theory]
    [InlineData("list", "list")]
    [InlineData(" LIST! ", "list")]
    [InlineData("What’s open?", "list")]
    [InlineData("to-do list", "list")]
    [InlineData("list 🙂", "list")]
    [InlineData("list today", "list today")]
    [InlineData("list done", "list done")]
    [InlineData("Aufgaben", "list")]
    [InlineData("Was steht heute an?", "list today")]
    [InlineData("¿Qué hay pendiente?", "list")]
    [InlineData("TÂCHES", "list")]
    [InlineData("Qu'est-ce qui reste ?", "list")]
    [InlineData("undo", "undo")]
    [InlineData("Rückgängig", "undo")]
    [InlineData("ruckgangig", "undo")]
    [InlineData("undo the last one, please", "undo")]
    [InlineData("Mach das wieder rückgängig!", "undo")]
    [InlineData("deshaz lo último", "undo")]
    [InlineData("annule la dernière", "undo")]
    [InlineData("board", "board")]
    [InlineData("Show me the board", "board")]
    [InlineData("Öffne die Tafel bitte", "board")]
    [InlineData("ver el tablero", "board")]
    [InlineData("Ouvre le tableau, s'il te plaît", "board")]
    [InlineData("tablero", "board")]
    [InlineData("Hilfe", "help")]
    [InlineData("ayuda", "help")]
    [InlineData("aide-moi", "help")]
    [InlineData("done", "done")]
    [InlineData("Done, thank you!", "done")]
    [InlineData("done already", "done")]
    [InlineData("done it", "done")]
    [InlineData("all done", "done")]
    [InlineData("it's done", "done")]
    [InlineData("done, thanks!", "done")]
    [InlineData("✅", "done")]
    [InlineData("✓", "done")]
    [InlineData("✔️ thanks", "done")]
    [InlineData("✅✅", "done")]
    [InlineData("✅ 2", "done 2")]
    [InlineData("1 und 3 ☑️", "done 1 3")]
    [InlineData("✓ 1, 2", "done 1 2")]
    [InlineData("schon erledigt, danke", "done")]
    [InlineData("ya está hecho, gracias", "done")]
    [InlineData("please list", "list")]
    [InlineData("my tasks", "list mine")]
    [InlineData("Meine Aufgaben", "list mine")]
    [InlineData("done 2", "done 2")]
    [InlineData("Done #2.", "done 2")]
    [InlineData("2 done", "done 2")]
    [InlineData("done 1, 3 and 4", "done 1 3 4")]
    [InlineData("done 1,3", "done 1 3")]
    [InlineData("done 2-4", "done 2 3 4")]
    [InlineData("done 2 2", "done 2")]
    [InlineData("done number 2", "done 2")]
    [InlineData("done ２", "done 2")]
    [InlineData("erledigt 1 und 2", "done 1 2")]
    [InlineData("Hecho 1 y 2", "done 1 2")]
    [InlineData("C’est fait 3", "done 3")]
    [InlineData("done milk", "done milk")]
    [InlineData("Shopping list!", "list shopping list")]
    [InlineData("Was steht auf der Packliste?", "list packliste")]
    [InlineData("vide la liste de vacances", "clear liste de vacances")]
    [InlineData("alışveriş listesinde ne var", "list alisveris listesinde")]
    [InlineData("digest on", "digest 07:00")]
    [InlineData("Daily digest at 6:30 pm, please", "digest 18:30")]
    [InlineData("digest at 12am", "digest 00:00")]
    [InlineData("digest off", "digest")]
    [InlineData("Überblick um 6 Uhr", "digest 06:00")]
    [InlineData("resumen a las 7", "digest 07:00")]
    [InlineData("Résumé à 7h30", "digest 07:30")]
    [InlineData("riepilogo alle 13", "digest 13:00")]
    [InlineData("overzicht om 7.15 uur", "digest 07:15")]
    [InlineData("resumo às 8", "digest 08:00")]
    [InlineData("saat 21:00 özet", "digest 21:00")]
    [InlineData("erledigt Müll rausbringen", "done mull rausbringen")]
    public void It_is_known_by_its_words_however_they_are_written(string body, string command) => Assert.Equal(command, Told(CommandReader.Read(body)));

    [Theory]
    [InlineData("get the laundry done by 2")]
    [InlineData("done by 2")]
    [InlineData("done 17:00")]
    [InlineData("done 2.5")]
    [InlineData("done 0x2")]
    [InlineData("done 2000")]
    [InlineData("done 4-2")]
    [InlineData("done 1-500")]
    [InlineData("done with school at three pick me up")]
    [InlineData("fait les courses")]
    [InlineData("list milk and bread")]
    [InlineData("digest at 25")]
    [InlineData("digest at 13pm")]
    [InlineData("digest at noon")]
    [InlineData("digest at 7 buy milk")]
    [InlineData("board the train at 5")]
    [InlineData("today")]
    [InlineData("the second one")]
    [InlineData("todo")]
    [InlineData("yes")]
    [InlineData("?")]
    [InlineData("🙂")]
    [InlineData("")]
    public void Anything_more_or_else_is_an_ordinary_message(string body) => Assert.Null(CommandReader.Read(body));

    [Fact]
    public void Half_a_character_breaks_nothing() => Assert.Equal("list", Told(CommandReader.Read("list \ud83d")));

    [Fact]
    public void No_character_breaks_it() =>
        Assert.All(
            Enumerable.Range(0, 0x10FFFF).Where(code => code < 0x20000 || (code & 0xFFF0) == 0xFFF0).Select(code => code < 0x10000 ? $"{(char)code}" : char.ConvertFromUtf32(code)).Chunk(25),
            characters => Assert.Null(CommandReader.Read(string.Concat(characters))));

    [Fact]
    public void A_huge_message_is_none() => Assert.Null(CommandReader.Read("done " + new string('1', 60_000)));

    [Fact]
    public void No_words_mean_two_things_and_every_language_has_them_all() =>
        Assert.All(Phrases.Languages, language =>
        {
            var words = Phrases.Of(language).Commands;
            Assert.All(
                [(words.List, "list"), (words.ListToday, "list today"), (words.ListDone, "list done"), (words.Done, "done"), (words.Undo, "undo"), (words.DigestOn, "digest 07:00"), (words.DigestOff, "digest"), (words.Board, "board"), (words.Help, "help")],
                meaning => Assert.All(meaning.Item1, text => Assert.Equal(meaning.Item2, Told(CommandReader.Read(text)))));
        });

    [Fact]
    public void What_we_call_the_board_is_what_one_asks_for() =>
        Assert.All(Phrases.Languages, language =>
        {
            var phrases = Phrases.Of(language);
            var name = phrases.Board[..phrases.Board.IndexOf(':', StringComparison.Ordinal)].Trim();
            Assert.Equal("board", Told(CommandReader.Read(name)));
            Assert.Contains(name, phrases.SignInCode, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(name, phrases.BoardLink, StringComparison.OrdinalIgnoreCase);
        });

    [Fact]
    public void It_goes_straight_to_its_answer()
    {
        Assert.Equal(("command_done", Phase.Finalize), Of("done 2"));
        Assert.Equal((null, Phase.Extract), Of("get it done by 2"));
    }

    [Fact]
    public void A_keyword_stays_one() => Assert.Equal(("keyword_help", Phase.Finalize), Of("help"));

    [Fact]
    public void With_a_picture_it_is_a_caption() => Assert.Equal((null, Phase.Download), Of("list", ("NumMedia", "1")));

    private static (string?, Phase) Of(string body, params (string Field, string Value)[] more)
    {
        var form = new Dictionary<string, string> { ["Body"] = body };
        foreach (var (field, value) in more)
            form[field] = value;
        var message = new InboundMessage(form, default, null);
        return (message.Reason, message.FirstPhase);
    }

    private static string? Told(Command? command) => command is null ? null : string.Join(' ', new[]
    {
        command.Kind.ToString().ToLowerInvariant(),
        command.Scope == ListScope.Open ? null : command.Scope.ToString().ToLowerInvariant(),
        command.Numbers is null ? null : string.Join(' ', command.Numbers),
        command.Named,
        command.At?.ToString("HH:mm", CultureInfo.InvariantCulture),
    }.Where(part => part is not null));
}
