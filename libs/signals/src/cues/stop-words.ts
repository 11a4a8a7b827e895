/** Words that say nothing about the topic of a request, apostrophes dropped. */
export const stopWords: readonly string[] = `a about actually again all also am an and any are arent as at be been before but by can cant could couldnt did didnt do
does doesnt doing dont for from get getting give go going good got had has have havent having he hello help her here hey hi him his how i id if ill im
in into is isnt it its ive just know let lets like look looking make may maybe me mean might more much my myself need needs no nope not now of off
ok okay on one only or other our out over own please really right said say see she should so some someone something still sure tell than thank thanks
that thats the their them then there theres these they theyre thing think this those though to too try up us use very want wanted wants was wasnt
we well were what whats when where wheres which who whos why will with wont would wouldnt yeah yes yet you youd your youre`.split(/\s+/u);
