using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

/// <summary>The examples that the replies give in these languages.</summary>
public class When_a_family_speaks_another_language(KeylessModel model)
{
    [Theory]
    [InlineData("de", "morgen Milch kaufen und Freitag um 17 Uhr Oma anrufen",
        "Milch kaufen | 2026-11-23 | - | shopping // Oma anrufen | 2026-11-27T17:00 | - | family")]
    [InlineData("fr", "acheter du lait demain et appeler mamie vendredi à 17 h",
        "Acheter du lait | 2026-11-23 | - | shopping // Appeler mamie | 2026-11-27T17:00 | - | family")]
    [InlineData("es", "comprar leche mañana y llamar a la abuela el viernes a las 17",
        "Comprar leche | 2026-11-23 | - | shopping // Llamar a la abuela | 2026-11-27T17:00 | - | family")]
    public async Task Its_tasks_are_found_in_an_English_family_as_well(string language, string message, string tasks)
    {
        var understood = await model.AskAsync(message);

        Assert.Equal(tasks, understood.Board);
        Assert.Equal(language, understood.Language);
    }

    [Theory]
    [InlineData("de", "Ben soll den Müll rausbringen", "Den Müll rausbringen | - | Ben | household")]
    [InlineData("fr", "Rappelle-moi d'appeler le dentiste lundi à 9h", "Appeler le dentiste | 2026-11-23T09:00 | Ann | health")]
    [InlineData("es", "Ben tiene que sacar la basura", "Sacar la basura | - | Ben | household")]
    public async Task The_named_member_is_the_assignee(string language, string message, string task) =>
        Assert.Equal(task, (await model.AskAsync(message, locale: language)).Board);

    [Theory]
    [InlineData("de", "Danke!")]
    [InlineData("fr", "Merci beaucoup !")]
    [InlineData("es", "¡Gracias!")]
    public async Task Small_talk_adds_no_task(string locale, string message) => Assert.Empty((await model.AskAsync(message, locale)).Tasks);

    [Theory]
    [InlineData("el", "αγόρασε γάλα")]
    [InlineData("uk", "купити молоко")]
    [InlineData("he", "לקנות חלב")]
    [InlineData("ar", "اشتر الحليب")]
    [InlineData("ja", "牛乳を買う")]
    [InlineData("pl", "kupić mleko")]
    [InlineData("en", "buy milk")]
    public async Task Letters_give_a_language_away_of_which_no_word_is_known(string language, string message) =>
        Assert.Equal(language, (await model.AskAsync(message)).Language);

    [Fact]
    public async Task The_question_is_in_it() =>
        Assert.Equal("Was genau ist mit „Anrufen“ gemeint?", (await model.AskAsync("anrufen", "de-DE")).Question);
}
