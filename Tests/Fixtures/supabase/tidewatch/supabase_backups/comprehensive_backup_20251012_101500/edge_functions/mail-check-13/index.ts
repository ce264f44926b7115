import { serve } from "../_shared/serve.ts";

// mail-check-13
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "mail-check-13", id }));
});
